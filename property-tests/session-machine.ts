/** One session's machines under whatever can happen to them. */
import fc from 'fast-check'
import type { LeftoverPolicy } from '../src/machines/process-events.ts'
import { STARTED } from '../test/machines/port-events.ts'
import type { Property } from './runner/property.ts'
import { sessionCommands } from './session-commands.ts'
import { createSessionWorld, createSights } from './session-world.ts'

const policy = fc.constantFrom<LeftoverPolicy>('kill', 'report', 'keep')
const policies = fc.record({ ended: policy, stopped: policy })
const commands = fc.commands(sessionCommands, { maxCommands: 40, size: '+1' })

export const sessionMachine: Property = {
  name: 'session-machine',
  title: 'whatever happens in whatever order, the log is in order and the session comes back to idle',
  runs: 2_000,
  open(tally) {
    const sights = createSights()
    tally.sights = sights
    const end = fc.constantFrom('obeys', 'started, then silent', 'silent')
    return {
      check: fc.property(commands, policies, end, (commands, leftovers, end) => {
        const world = createSessionWorld(sights, leftovers)
        fc.modelRun(() => ({ model: tally, real: world }), commands)
        if (end === 'obeys') world.drain()
        else world.giveUp(...(end === 'silent' ? [] : [STARTED]))
      }),
    }
  },
}
