import { expect, onTestFinished, test, vi } from 'vitest'
import { createInspections, type InspectedSession } from '../../../src/runtime/inspect/inspections.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { startSession } from '../../machines/simulated-session.ts'

/** The inspection of a session that is switched on, on a clock that a test moves. */
function inspect(processes: InspectedSession['processes']) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const faults: unknown[] = []
  const inspections = createInspections({
    ...{ now: () => new Date(), onFault: (error) => void faults.push(error) },
  })
  const session = {
    ...{ id: 's', actor: startSession().actor, newest: () => ({ eventId: -1, turn: 0 }), processes },
    onEnd: () => () => {},
  }
  inspections.set(session, { on: true, bodies: false })
  const follow = (): void =>
    void inspections.onChange('s', (change) => {
      if (change === 'processes') inspections.get('s')!.look()
    })
  return { inspections, faults, follow, session }
}

test('nobody looks at the processes for nobody, and one look is for all', () => {
  const processes = vi.fn(() => [])
  const { inspections, follow, session } = inspect(processes)
  vi.advanceTimersByTime(LIMITS.inspectedProcessesMs)
  expect(processes).toHaveBeenCalledTimes(0)
  follow()
  follow()
  vi.advanceTimersByTime(LIMITS.inspectedProcessesMs)
  expect(processes).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(LIMITS.inspectedProcessesMs)
  expect(processes).toHaveBeenCalledTimes(2)
  inspections.set(session, { on: false, bodies: false })
  vi.advanceTimersByTime(LIMITS.inspectedProcessesMs)
  expect(processes).toHaveBeenCalledTimes(2)
})

test('a look that fails ends the inspection, and nothing else', () => {
  const fault = new Error('EMFILE')
  const { inspections, faults, follow } = inspect(() => {
    throw fault
  })
  follow()
  vi.advanceTimersByTime(LIMITS.inspectedProcessesMs)
  expect(faults).toEqual([fault])
  expect(inspections.view('s').on).toBe(false)
})
