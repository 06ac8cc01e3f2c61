// @ts-check
/** Pairs this device: the code comes from the link that was scanned, or is typed. */

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id)

const form = byId('form')
const { code, name } = form.elements

/** This page also stands in for the other one, for those who are not in. */
const isOwnAddress = location.pathname.endsWith('/pair')

/** Out of the address bar, the history and whatever syncs them. */
function takeCode() {
  if (location.hash === '' || !isOwnAddress) return
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

/** @returns {Promise<string>} what is wrong, in words; empty when this device is in */
async function login() {
  try {
    const response = await fetch('./api/login', {
      method: 'POST',
      // A header of our own is one that no form and no link of a foreign page can send.
      headers: { 'X-Breakglass': '1', 'Content-Type': 'application/json' },
      body: JSON.stringify({ code: code.value, name: name.value }),
    })
    if (response.ok) return ''
    const { detail } = await response.json().catch(() => ({}))
    return `${detail ?? `The server answered ${response.status}`}.`
  } catch {
    return 'The server cannot be reached.'
  }
}

const button = form.querySelector('button')
form.addEventListener('submit', async (/** @type {Event} */ event) => {
  event.preventDefault()
  button.disabled = true
  const problem = await login()
  byId('message').textContent = problem
  if (problem === '') return isOwnAddress ? location.replace('./') : location.reload()
  button.disabled = false
  code.select()
})
// From now on: before there was somebody to listen, the browser would have sent the form by itself.
button.disabled = false
