// @ts-check
/** One session, to be watched: its events as they come, as text and nothing else. */
import { ask, byId, make, Refusal, say } from './page.js'
import { visible } from './visible.js'

/** What is older goes from the page; the log keeps it. */
const SHOWN_MAX = 2_000
/** Said by the line above them, or by no reader missed. */
const LEFT_OUT = new Set(['id', 'at', 'kind', 'turn', 'block'])
/** Shown by themselves: the words of a conversation. */
const WORDS = new Set(['text', 'error'])

const id = location.pathname.split('/')[2]
const events = byId('events')
const state = byId('state')

/** @param {unknown} value */
const asText = (value) => visible(typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? ''))

/** @param {Record<string, unknown>} event */
function show(event) {
  const kind = String(event.kind)
  const fields = Object.entries(event).filter(([name]) => !LEFT_OUT.has(name))
  const words = fields.filter(([name]) => WORDS.has(name))
  const others = fields.filter(([name, value]) => !WORDS.has(name) && value !== null && value !== '')
  const isAside = words.length > 0
  return make(
    'li',
    { class: kind },
    make('div', { class: 'kind' }, `${event.turn} · ${visible(kind)}`),
    ...words.map(([, value]) => make('pre', {}, asText(value))),
    ...others.map(([name, value]) =>
      make(isAside ? 'div' : 'pre', isAside ? { class: 'kind' } : {}, `${visible(name)}: ${asText(value)}`),
    ),
  )
}

const goToEnd = () => window.scrollTo(0, document.documentElement.scrollHeight)

const source = new EventSource(`/api/sessions/${id}/events`)

/** @param {string} text */
function end(text) {
  source.close()
  state.textContent = 'ended'
  say(text)
}

/** What the browser cannot say: whether it is the network, the session, or this device. */
async function explain() {
  try {
    const { title } = await ask('GET', `/api/sessions/${id}`)
    byId('title').textContent = visible(title)
    document.title = `${visible(title)} · breakglass`
  } catch (error) {
    if (!(error instanceof Refusal)) return
    if (error.status === 401) end('This device is out: it was revoked, or not seen for too long.')
    if (error.status === 404) end('This session is gone.')
  }
}

source.addEventListener('message', ({ data }) => {
  const { scrollHeight, scrollTop, clientHeight } = document.documentElement
  const isAtEnd = scrollHeight - scrollTop - clientHeight < 80
  events.append(show(JSON.parse(data)))
  while (events.childElementCount > SHOWN_MAX) events.firstElementChild.remove()
  // Only for those who read there.
  if (isAtEnd) goToEnd()
})
source.addEventListener('caught-up', () => {
  state.textContent = 'attached'
  goToEnd()
})
source.addEventListener('reset', () => events.replaceChildren())
source.addEventListener('error', () => {
  if (source.readyState !== EventSource.CLOSED) state.textContent = 'reconnecting'
  explain()
})
explain()
