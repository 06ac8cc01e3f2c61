/** Where the page begins. */
import { render } from 'preact'
import { App } from './app.tsx'
import { parseRoute } from './route.ts'
import { applyPreferences, loadPreferences } from './state/preferences.ts'
import { loadTranscript } from './views/transcript.tsx'
import { createWeb } from './web.ts'

// On a slow line, before anything is drawn: it is what somebody has come for.
const isSession = parseRoute(location.hash).view === 'session'
const needed = isSession ? loadTranscript().catch(() => {}) : Promise.resolve()
applyPreferences(document.documentElement, loadPreferences(localStorage))
const app = document.getElementById('app')!
app.replaceChildren()
render(<App web={createWeb(window, needed)} />, app)
