/**
 * Which sessions are inspected. Of one that is not, nothing is kept and nothing listens: its machines cost what they did
 * before there was an inspector.
 */
import type { Inspection } from '../../machines/inspection.ts'
import { CodedError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { type Inspectable, NO_INSPECTION, type OpenInspection, openInspection } from './inspection.ts'

/**
 * `inspected`: it was switched on or off, and what was told before is nobody's any more; `steps`: there are more;
 * `processes`: another look at them is due.
 */
export type InspectionChange = 'inspected' | 'steps' | 'processes'

export type InspectedSession = Inspectable & { id: string; onEnd(listener: () => void): () => void }

export type Inspections = ReturnType<typeof createInspections>

export function createInspections(deps: { now: () => Date; onFault: (error: unknown) => void }) {
  const open = new Map<string, OpenInspection>()
  const listeners = new Set<(id: string, change: InspectionChange) => void>()
  const tell = (id: string, change: InspectionChange): void => {
    for (const listener of [...listeners]) listener(id, change)
  }
  const onAnyChange = (listener: (id: string, change: InspectionChange) => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  const close = (id: string): void => {
    open.get(id)?.stop()
    open.delete(id)
  }
  const end = (id: string): void => {
    close(id)
    tell(id, 'inspected')
  }

  const serverStartedAt = deps.now().toISOString()
  const view = (id: string): Inspection => ({
    ...(open.get(id)?.view() ?? NO_INSPECTION),
    serverStartedAt,
  })

  return {
    view,
    /** The one that is on; undefined when none is. */
    get: (id: string): OpenInspection | undefined => open.get(id),
    /**
     * Switches it on, anew if it was on already, or off.
     * @param wanted.bodies whether what people and agents say is to be in it
     * @throws too_many_inspected
     */
    set(session: InspectedSession, wanted: { on: boolean; bodies: boolean }): Inspection {
      const { id } = session
      if (wanted.on && !open.has(id) && open.size >= LIMITS.inspectedSessionsMax)
        throw new CodedError('too_many_inspected')
      close(id)
      if (wanted.on) {
        const onFault = (error: unknown): void => {
          end(id)
          deps.onFault(error)
        }
        const onSteps = (): void => tell(id, 'steps')
        const onLook = (): void => tell(id, 'processes')
        const onStop = session.onEnd(() => end(id))
        open.set(id, openInspection(session, wanted.bodies, { ...deps, onSteps, onLook, onStop, onFault }))
      }
      tell(id, 'inspected')
      return view(id)
    },
    /** Calls back when there is something new to be seen of any session. @returns how to end that */
    onAnyChange,
    /** The same of one session. */
    onChange: (id: string, listener: (change: InspectionChange) => void) =>
      onAnyChange((changed, change) => {
        if (changed === id) listener(change)
      }),
  }
}
