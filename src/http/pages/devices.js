// @ts-check
/** The paired devices: who is in, out with them, and a code for another one. */
import { ask, attempt, byId, day, make, when } from './page.js'

/** @param {{ id: string, name: string, createdAt: string, lastSeenAt: string, expiresAt: string, current: boolean }} device */
function show({ id, name, createdAt, lastSeenAt, expiresAt, current }) {
  const item = make(
    'li',
    {},
    make('strong', {}, name),
    make('p', { class: 'quiet' }, current ? 'This device' : `Last seen ${when(lastSeenAt)}`),
    make('p', { class: 'quiet' }, `Paired ${day(createdAt)} · out on ${day(expiresAt)} if not seen before`),
  )
  if (current) return item
  const revoke = make('button', { class: 'danger', 'aria-label': `Revoke ${name}` }, 'Revoke')
  revoke.addEventListener('click', () =>
    attempt(async () => {
      await ask('DELETE', `/api/devices/${id}`)
      await refresh()
    }),
  )
  item.append(revoke)
  return item
}

async function refresh() {
  const { devices } = await ask('GET', '/api/devices')
  byId('devices').replaceChildren(...devices.map(show))
  byId('revoke-others').hidden = devices.every((/** @type {any} */ device) => device.current)
}

byId('pair').addEventListener('click', () =>
  attempt(async () => {
    const { code, url, expiresAt } = await ask('POST', '/api/pairing')
    byId('address').textContent = url.replace(/#.*/, '')
    byId('code').textContent = code
    byId('until').textContent = `Works once, until ${when(expiresAt)}`
    byId('pairing').hidden = false
  }),
)
byId('revoke-others').addEventListener('click', () =>
  attempt(async () => {
    await ask('DELETE', '/api/devices')
    await refresh()
  }),
)
byId('logout').addEventListener('click', () =>
  attempt(async () => {
    await ask('POST', '/api/logout')
    location.replace('/pair')
  }),
)
for (const button of document.querySelectorAll('button')) button.disabled = false
// A phone that wakes up shows what it showed when it fell asleep.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) attempt(refresh)
})
attempt(refresh)
