/** A port for tests: it writes down what it is told, and says what the test has it say. Starts nothing. */
import { fromCallback } from 'xstate'
import type { Answer } from '../../src/machines/events.ts'
import type { LeftoverPolicy, PortCommand, PortEvent } from '../../src/machines/process-events.ts'

export type ScriptedPort = ReturnType<typeof createScriptedPort>

export function createScriptedPort() {
  const commands: PortCommand['type'][] = []
  const policies: LeftoverPolicy[] = []
  const answers: (Answer & { approvalId: string })[] = []
  const turns: number[] = []
  let runningMax = 0
  const open = new Set<(event: PortEvent) => void>()
  let answer: (command: PortCommand) => PortEvent[] = () => []

  return {
    /** To be provided to the process machine as its `port`. */
    logic: fromCallback<PortCommand, { turn: number }>(({ sendBack, receive, input }) => {
      turns.push(input.turn)
      open.add(sendBack)
      runningMax = Math.max(runningMax, open.size)
      receive((command) => {
        commands.push(command.type)
        if (command.type === 'REPORT') policies.push(command.policy)
        if (command.type === 'ANSWER')
          answers.push({ ...command.answer, approvalId: command.asked.approvalId })
        for (const event of answer(command)) sendBack(event)
      })
      return () => open.delete(sendBack)
    }),
    /** What it was told, over all turns. */
    commands,
    /** The policy of each REPORT. */
    policies,
    /** What it was to tell the agent. */
    answers,
    /** The turn of each start. */
    turns,
    /** How many run now. */
    get running(): number {
      return open.size
    },
    /** How many ran at once, at most. */
    get runningMax(): number {
      return runningMax
    },
    /** Says it in the name of the one that runs. Nobody says anything when none does. */
    say(...events: PortEvent[]): void {
      for (const event of events) for (const sendBack of [...open]) sendBack(event)
    },
    /** What it answers each command with from now on, in the very step that gives the command. */
    answerWith(next: (command: PortCommand) => PortEvent[]): void {
      answer = next
    },
  }
}
