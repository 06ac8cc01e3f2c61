/** Where the inspector's page begins. */
import { render } from 'preact'
import { createClient } from '../../client/index.ts'
import { applyPreferences, loadPreferences } from '../state/preferences.ts'
import { App } from './app.tsx'
import { createInspectorPage } from './state/inspector-page.ts'

applyPreferences(document.documentElement, loadPreferences(localStorage))
const base = location.pathname.replace(/\/[^/]*$/, '')
const page = createInspectorPage({ base, client: createClient({ url: base }) })
render(<App page={page} />, document.getElementById('app')!)
