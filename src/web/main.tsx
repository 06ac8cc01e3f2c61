/** Where the page begins. */
import { render } from 'preact'
import { App } from './app.tsx'
import { createWeb } from './web.ts'

render(<App web={createWeb(window)} />, document.getElementById('app')!)
