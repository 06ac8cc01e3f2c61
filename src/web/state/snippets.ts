/** Prompts that one tap sends, per agent: a shell's are scripts. The operator's own, once they are edited. */
import { createStore } from '@xstate/store'
import { readJson, type Shelf } from './shelf.ts'

export type Snippet = { title: string; prompt: string }

const PREFIX = 'snippets.'

const FOR_SHELL: readonly Snippet[] = [
  {
    title: 'Status of all services',
    prompt:
      'systemctl --failed --no-pager\nsystemctl list-units --type=service --state=running --no-pager --plain',
  },
  { title: 'Disk', prompt: 'df -h -x tmpfs -x devtmpfs -x overlay\ndf -i -x tmpfs -x devtmpfs -x overlay' },
  { title: 'Last errors', prompt: 'journalctl --priority=err --since=-1h --no-pager | tail -n 50' },
]

const FOR_AGENTS: readonly Snippet[] = [
  {
    title: 'Status of all services',
    prompt:
      'Status of all services: what is down, what restarts again and again, since when? Change nothing.',
  },
  {
    title: 'Disk',
    prompt: 'Is any disk full or about to be, by space or inodes? What fills it? Delete nothing.',
  },
  {
    title: 'Last errors',
    prompt: 'Show the errors of the last hour from the logs, grouped by cause. Change nothing.',
  },
]

export const defaultSnippets = (agent: string): readonly Snippet[] =>
  agent === 'shell' ? FOR_SHELL : FOR_AGENTS

export function createSnippets(shelf: Shelf) {
  const read = (): Record<string, readonly Snippet[]> =>
    Object.fromEntries(
      shelf.names(PREFIX).map((name) => [name.slice(PREFIX.length), readJson<Snippet[]>(shelf, name) ?? []]),
    )
  const store = createStore({
    context: read(),
    on: {
      read: (_, { all }: { all: Record<string, readonly Snippet[]> }) => all,
    },
  })
  shelf.watch((name) => {
    if (name.startsWith(PREFIX)) store.trigger.read({ all: read() })
  })
  return {
    store,
    /** @param snippets null: the defaults again */
    set(agent: string, snippets: readonly Snippet[] | null): void {
      shelf.write(PREFIX + agent, snippets && JSON.stringify(snippets))
      store.trigger.read({ all: read() })
    },
  }
}

/** @param by -1: one up; 1: one down */
export function moved(snippets: readonly Snippet[], at: number, by: -1 | 1): readonly Snippet[] {
  const to = at + by
  if (to < 0 || to >= snippets.length) return snippets
  return snippets.with(at, snippets[to]!).with(to, snippets[at]!)
}
