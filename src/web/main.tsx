/** Where the page begins. */
import { render } from 'preact'
import { App } from './app.tsx'
import { registerServiceWorker } from './service-worker.ts'
import { applyPreferences, loadPreferences } from './state/preferences.ts'
import { createWeb } from './web.ts'

applyPreferences(document.documentElement, loadPreferences(localStorage))
render(<App web={createWeb(window)} />, document.getElementById('app')!)
registerServiceWorker()
