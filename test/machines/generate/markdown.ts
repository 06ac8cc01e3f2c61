/** docs/machines.md: how the machines are to be read, and what comes of every event in every state. */
import type { Machine, MachineName, StateTable } from '../../../src/web/inspect/machines.ts'

const INTRODUCTION = `# The machines

What may happen is in two state machines ([src/machines](../src/machines)): a session, and the process of its turn. They
do no I/O: they are told events, and say what is to be done. This page is made from them by \`npm run machines\`, and a
test fails when it is not what they are.

## How to read it

A drawing has every state and every transition. A box within a box is a state within a state; an event that the inner one
does not take is the outer one's. A line leads from an event to the state that is next, and what stands in brackets must
be so. \`after …\` is a timer, \`always\` needs no event, ↻ begins the state and its timers anew, and what follows a slash
is done. The state with a dot is the one that its parent begins in.

A table has every event that its machine can be told, some of them in several forms, in every state that it can be in.
Its cells are not copied from the definition: they are what the machine did when it was given the event there, under every
setting that a guard looks at. What nothing comes of is named below each table, so that nothing is left out by accident.
What it takes is in its context from then on, as the event has it.
`

const ABOUT: Record<MachineName, string> = {
  session: `## Session

Whether a turn runs. It invokes a process for each turn, and appends records to the log. Its events come from whoever
calls the session, from its process (\`OUTPUT\`, \`DEAF\`, \`process …\`), and from the clocks of approvals (\`EXPIRE\`).
`,
  process: `## Process

One agent's process, from its start to the last of its descendants. Its events come from its session (\`STOP\`, \`ANSWER\`,
\`ASKING\`), from its port, which has the real process, and from its own clocks.
`,
}

export const describeMachines = (machines: Record<MachineName, Machine>): string =>
  [
    INTRODUCTION,
    ...(['session', 'process'] as const).flatMap((name) => [
      ABOUT[name],
      `![The ${name} machine](machines-${name}.svg)\n`,
      ...machines[name].table.map(describeState),
    ]),
  ].join('\n')

function describeState({ name, rows, ignored }: StateTable): string {
  if (rows.length === 0) return `### ${name}\n\nThe end: it hears nothing.\n`
  const lines = rows.flatMap(({ events, outcomes }) =>
    outcomes.map(({ when, to, does }, index) => {
      const cells = [
        index === 0 ? events.map(code).join(', ') : '',
        outcomes.length === 1 ? '' : (when ?? 'otherwise'),
        to === undefined ? '' : `→ ${to}`,
        does.join(', ') || (to === undefined ? 'nothing' : ''),
      ]
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
    }),
  )
  return [
    `### ${name}\n`,
    '| event | when | leads to | does |',
    '| --- | --- | --- | --- |',
    ...lines,
    `\nNothing comes of ${ignored.map(codeOfEvent).join(', ')}.\n`,
  ].join('\n')
}

const code = (text: string): string => `\`${text}\``

/** The timers of other states are not an event. */
const codeOfEvent = (text: string): string => (text === 'timers of other states' ? `the ${text}` : code(text))
