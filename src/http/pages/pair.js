// @ts-check
/** Pairs this device: the code comes from the link that was scanned, or is typed. */
import { ask, byId, Refusal, say } from './page.js'

const form = byId('form')
const { code, name } = form.elements

// Out of the address bar, the history and whatever syncs them.
code.value = decodeURIComponent(location.hash.slice(1))
history.replaceState(null, '', location.pathname)

const [device] = /iPhone|iPad|Android|Macintosh|Windows|Linux/.exec(navigator.userAgent) ?? ['']
name.value = { Macintosh: 'Mac', Android: 'Android phone' }[device] ?? device
const next = code.value === '' ? code : name
next.focus()

form.addEventListener('submit', async (/** @type {Event} */ event) => {
  event.preventDefault()
  const button = form.querySelector('button')
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
