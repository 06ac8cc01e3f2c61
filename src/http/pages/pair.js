// @ts-check
/** Pairs this device: the code comes from the link that was scanned, or is typed. */
import { ask, byId, Refusal, say } from './page.js'

const form = byId('form')
const { code, name } = form.elements

/** Out of the address bar, the history and whatever syncs them. */
function takeCode() {
  if (location.hash === '') return
  code.value = location.hash.slice(1)
  history.replaceState(null, '', location.pathname)
}
takeCode()
// Another code was scanned while this page was open.
window.addEventListener('hashchange', takeCode)

const [device] = /iPhone|iPad|Android|Macintosh|Windows|Linux/.exec(navigator.userAgent) ?? ['']
name.value = { Macintosh: 'Mac', Android: 'Android phone' }[device] ?? device
const next = code.value === '' ? code : name
next.focus()

const button = form.querySelector('button')
form.addEventListener('submit', async (/** @type {Event} */ event) => {
  event.preventDefault()
  button.disabled = true
  try {
    await ask('POST', '/api/login', { code: code.value, name: name.value })
    // This page also stands in for any other, for those who are not in.
    location.replace(location.pathname === '/pair' ? '/s' : location.pathname)
  } catch (error) {
    say(error instanceof Refusal ? `${error.message}.` : 'The server cannot be reached.')
    button.disabled = false
    code.select()
  }
})
// From now on: before there was somebody to listen, the browser would have sent the form by itself.
button.disabled = false
