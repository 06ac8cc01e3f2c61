/** Every view of the page with something in it: for those who look at all of them. */
import type { BrowserContext, Page } from 'playwright-core'
import { show, untilLive } from '../support/paired.ts'
import { readStream } from '../support/read-stream.ts'
import { script, type TestServer } from '../support/server.ts'

export type View = { name: string; open(context: BrowserContext): Promise<Page> }

const assistant = (block: object) => ({
  raw: `${JSON.stringify({ type: 'assistant', message: { role: 'assistant', content: [block] } })}\n`,
})
const tool = (id: string, name: string, input: object) => assistant({ type: 'tool_use', id, name, input })
const result = (id: string, content: string) => ({
  raw: `${JSON.stringify({ type: 'user', message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] } })}\n`,
})

const FOUND = `It is the logs: **41 GB** in \`/var/log\`, of 50 GB in all.

| directory | size |
| --- | --- |
| /var/log | 41 GB |
| /var/cache | 1.2 GB |

\`\`\`sh
journalctl --vacuum-size=1G
systemctl restart rsyslog
\`\`\`

1. Shrink the journal
2. Find out who writes so much`

const INVESTIGATION = [
  { think: 'The disk is full. First I should see what fills it.' },
  { say: 'Let me see what fills the disk.' },
  tool('t1', 'Bash', {
    command: 'du -xsh /var/* 2>/dev/null | sort -h | tail -3',
    description: 'Find the largest directories',
  }),
  result('t1', '820M\t/var/lib\n1.2G\t/var/cache\n\u001b[31m41G\t/var/log\u001b[0m\n'),
  { say: FOUND },
  tool('t2', 'Edit', {
    file_path: '/etc/systemd/journald.conf',
    old_string: '#SystemMaxUse=',
    new_string: 'SystemMaxUse=1G',
  }),
  result('t2', 'The file has been updated.'),
]
const ASK = {
  ask: [
    {
      id: 'a1',
      tool: 'Bash',
      input: {
        command: 'journalctl --vacuum-size=1G && systemctl restart rsyslog',
        description: 'Shrink the journal to 1 GB',
      },
      suggestions: [
        {
          type: 'addRules',
          rules: [{ toolName: 'Bash', ruleContent: 'journalctl:*' }],
          behavior: 'allow',
          destination: 'session',
        },
      ],
    },
  ],
}

const untilEvent = (server: TestServer, id: string, kind: string): Promise<unknown> =>
  readStream(server.eventsUrl(id), { token: server.token(), until: ({ data }) => data?.kind === kind })

/** @returns the views; what runs in them ends with the server */
export async function fillViews(server: TestServer): Promise<View[]> {
  const done = await server.open({ agent: 'claude', title: 'Nightly backup is late' })
  await server.prompt(done.id, script({ say: 'The backup went through at 04:12.' }, { exit: 0 }))
  const broken = await server.open({ agent: 'claude', title: 'Certificate of the mail server' })
  await server.prompt(broken.id, script({ stderr: 'no such host: mail.example' }, { exit: 3 }))
  const stopped = await server.open({ agent: 'claude', title: 'Restart of the proxy' })
  await server.prompt(stopped.id, script({ say: 'I would restart it now.' }, ASK, { hang: true }))
  await untilEvent(server, stopped.id, 'approval')
  await server.post(`/api/sessions/${stopped.id}/cancel`)
  await untilEvent(server, stopped.id, 'turn_end')
  const running = await server.open({ agent: 'claude', title: 'Disk full on web-3' })
  await server.prompt(running.id, script(...INVESTIGATION, { hang: true }))
  await server.prompt(running.id, 'Then check the other web servers', { whenBusy: 'queue' })
  const asking = await server.open({ agent: 'claude', title: 'Shrink the journal' })
  const watched = await server.request('PUT', `/api/inspect?session=${asking.id}`, { on: true, bodies: true })
  if (watched.status !== 200) throw new Error(`nothing is watched: ${watched.status}`)
  await server.prompt(asking.id, script({ say: 'I would shrink the journal now.' }, ASK, { hang: true }))
  const at = (name: string, hash: string, ready: (page: Page) => Promise<unknown>): View => ({
    name,
    async open(context) {
      const page = await show(context, server, hash)
      await ready(page)
      return page
    },
  })
  const inspector = (name: string, hash: string, ready: (page: Page) => Promise<unknown>): View => ({
    name,
    async open(context) {
      const page = await show(context, server, hash, 'inspect')
      await ready(page)
      return page
    },
  })
  /** A panel as a phone chooses it; at a desk all of them are there. */
  const panel = (name: string) => async (page: Page) => {
    await page.locator(`.panel[aria-label="${name}"]`).waitFor({ state: 'attached' })
    const tab = page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name, exact: true })
    if (await tab.isVisible()) await tab.click()
  }
  const button = (name: string) => (page: Page) => page.getByRole('button', { name }).waitFor()
  return [
    at('sessions', '/', async (page) => {
      await untilLive(page)
      await page.getByText('waits for you').waitFor()
    }),
    at('conversation', `/s/${running.id}`, async (page) => {
      await untilLive(page)
      await page.getByText('Then check the other web servers').waitFor()
    }),
    at('approval', `/s/${asking.id}`, async (page) => {
      // From then on it can be answered, and looks like it.
      const card = page.locator('[data-settled=true]')
      await card.waitFor()
      await card.evaluate((shown) =>
        Promise.all(shown.getAnimations({ subtree: true }).map(({ finished }) => finished)),
      )
    }),
    at('new-session', '/new', (page) => page.getByText('shell').waitFor()),
    at('settings', '/settings', button('Take this device out…')),
    at('devices', '/devices', button('Pair another device')),
    at('pairing', '/devices', async (page) => {
      await page.getByRole('button', { name: 'Pair another device' }).click()
      await page.getByRole('img', { name: 'QR code' }).waitFor()
    }),
    at('session-menu', '/', async (page) => {
      await page.getByRole('button', { name: 'Actions for Nightly backup is late' }).click()
      await page.getByRole('button', { name: 'Archive', exact: true }).waitFor()
    }),
    inspector('inspector', '/', (page) => page.getByRole('link', { name: /Disk full/ }).waitFor()),
    inspector('inspector-live', `/s/${asking.id}`, async (page) => {
      await untilLive(page)
      await page.getByRole('button', { name: /process active/ }).waitFor()
      await page.getByText('server', { exact: true }).waitFor({ state: 'attached' })
    }),
    inspector('inspector-sequence', `/s/${stopped.id}/turn/1/step/7`, panel('Sequence')),
    inspector('inspector-step', `/s/${stopped.id}/turn/1/step/7`, panel('Step')),
    inspector('inspector-log', `/s/${stopped.id}/turn/1/step/7`, panel('Log')),
    inspector('inspector-table', '/table', (page) => page.getByText('turn.cancelling').first().waitFor()),
    inspector('inspector-file', '/file', (page) => page.getByText('Open a file').waitFor()),
  ]
}
