// @ts-check
/** The sessions of this server, to choose one. */
import { ask, attempt, byId, make, when } from './page.js'
import { visible } from './visible.js'

/** @param {{ id: string, title: string, agent: string, state: string, updatedAt: string }} session */
const show = ({ id, title, agent, state, updatedAt }) =>
  make(
    'li',
    {},
    make(
      'a',
      { href: `/s/${id}` },
      make('strong', {}, visible(title)),
      make('p', { class: 'quiet' }, `${visible(agent)} · ${state} · ${when(updatedAt)}`),
    ),
  )

async function refresh() {
  const { sessions } = await ask('GET', '/api/sessions')
  byId('sessions').replaceChildren(
    ...(sessions.length > 0 ? sessions.map(show) : [make('li', { class: 'quiet' }, 'No session yet.')]),
  )
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) attempt(refresh)
})
attempt(refresh)
