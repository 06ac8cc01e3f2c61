/**
 * The simulated machine that turns run on: it starts an agent once for each run directory, whoever asks and however
 * often, and lets one server after the other find it there. In place of shim, spool and /proc.
 */
import type { Host } from '../../src/runtime/process/host.ts'
import type { Killer } from '../../src/runtime/process/killer.ts'
import type { Run } from '../../src/runtime/process/run.ts'
import type { RunOptions } from '../../src/runtime/process/run-options.ts'
import { LostError, StartError } from '../../src/runtime/process/shim-health.ts'
import { createWakeup } from '../../src/runtime/process/wakeup.ts'
import { createAgent, type Heeds, type SimulatedAgent } from './agents.ts'
import type { Recorder } from './recorder.ts'
import type { Tasks } from './tasks.ts'

/** What is at a run directory. */
type Place = {
  claim: 'none' | 'supervisor' | 'nobody'
  /** Whether SIGKILL came before it had begun its agent. */
  supervisorKilled: boolean
  agent: SimulatedAgent | null
  /** What was said to the agent behind its prompt. */
  input: string
  watchers: Set<() => void>
  /** Whether the watchers are about to be told. */
  waking: boolean
}

export type Machine = ReturnType<typeof createMachine>

/** How much of a spool is read at once: a few lines. */
const READ_CHARS_MAX = 500

export function createMachine(recorder: Recorder, tasks: Tasks) {
  const places = new Map<string, Place>()
  const newest = new Map<string, Place>()
  let agents = 0

  const placeAt = (dir: string): Place => {
    const place = places.get(dir) ?? {
      claim: 'none',
      supervisorKilled: false,
      agent: null,
      input: '',
      watchers: new Set(),
      waking: false,
    }
    places.set(dir, place)
    return place
  }

  const wake = (place: Place): void => {
    for (const watcher of place.watchers) watcher()
  }

  const wakeSoon = async (place: Place): Promise<void> => {
    if (place.waking) return
    place.waking = true
    await tasks.whenDue()
    place.waking = false
    wake(place)
  }

  /** As a shim does it: whoever claims the run first starts its agent, in its own time; and everyone else goes. */
  const spawn = async (place: Place, { turnName, launch }: RunOptions): Promise<void> => {
    const heeds = /heeds (\w+)/.exec(launch.input ?? '')?.[1] as Heeds
    await tasks.whenDue()
    if (place.claim !== 'none') return
    place.claim = 'supervisor'
    await tasks.whenDue()
    if (place.supervisorKilled) return
    const [session, turn] = turnName.split(':')
    place.agent = createAgent(
      recorder,
      { agent: agents++, session: session!, turn: Number(turn), heeds },
      () => void wakeSoon(place),
    )
    newest.set(session!, place)
    wake(place)
  }

  const openRun = async (options: RunOptions): Promise<Run> => {
    const place = placeAt(options.dir)
    const wakeup = createWakeup()
    const watcher = (): void => wakeup.wake(false)
    place.watchers.add(watcher)
    let detached = false
    if (place.claim === 'none') {
      if (options.launch.input?.includes('heeds nothing'))
        throw new StartError('there is no such program', 'spawn_failed')
      void spawn(place, options)
    }
    while (place.agent === null) {
      if (place.claim === 'nobody') throw new StartError('it was stopped before it began')
      if (place.supervisorKilled) throw new LostError('lost', 'the supervisor is gone')
      await wakeup.wait()
    }
    const { agent } = place
    return {
      async read(offset, listener) {
        let position = offset
        while (!detached) {
          const { exit, spool } = agent
          const end = spool.lastIndexOf('\n', position + READ_CHARS_MAX) + 1
          const next = end > position ? end : spool.indexOf('\n', position) + 1
          if (next > position) {
            const texts = spool.slice(position, next - 1).split('\n')
            position = next
            listener.onHeard()
            await listener.deliver(
              texts.map((text) => ({ text, bytes: text.length, cut: false, ended: true })),
              position,
            )
          } else if (exit !== null) return exit
          else await wakeup.wait()
        }
        return null
      },
      exit: () => agent.exit,
      endInput: () => void tasks.whenDue().then(agent.endInput),
      interrupt: () => void tasks.whenDue().then(agent.interrupt),
      detach() {
        detached = true
        place.watchers.delete(watcher)
        wakeup.wake(false)
      },
    }
  }

  const killerOf = (place: Place): Killer => {
    // Before there is an agent its supervisor is all that the turn consists of.
    const isAlive = (): boolean =>
      place.agent === null ? !place.supervisorKilled : place.agent.exit === null
    const alive = () => (isAlive() ? [{ pid: 1 }] : [])
    return {
      note() {},
      alive,
      orphans: () => [],
      signal(signal) {
        const before = alive()
        recorder.see('SIGKILL used', signal === 'SIGKILL' && place.agent !== null && before.length > 0)
        if (place.agent !== null) place.agent.signal(signal)
        else if (signal === 'SIGKILL') {
          place.supervisorKilled = true
          wake(place)
        }
        return before
      },
    }
  }

  const host: Host = {
    isClaimed: (dir) => placeAt(dir).claim !== 'none',
    abandonRun(dir) {
      const place = placeAt(dir)
      if (place.claim === 'none') place.claim = 'nobody'
      wake(place)
      return place.claim === 'nobody'
    },
    outputBytes: (dir) => ({ out: placeAt(dir).agent?.spool.length ?? 0, err: 0 }),
    inputBytes: (dir) => placeAt(dir).input.length,
    writeInput(dir, { at, text }) {
      const place = placeAt(dir)
      place.input = place.input.slice(0, at) + text + place.input.slice(at + text.length)
      void tasks.whenDue().then(() => place.agent?.hear(place.input))
    },
    openRun,
    openKiller: ({ runDir }) => (placeAt(runDir).claim === 'supervisor' ? killerOf(placeAt(runDir)) : null),
  }

  return {
    host,
    /** The session's newest agent, as long as it is alive. */
    agentOf(session: string): SimulatedAgent | null {
      const agent = newest.get(session)?.agent ?? null
      return agent?.exit === null ? agent : null
    },
    /** Whether the session's newest turn has an agent that is on its way. */
    isSpawning: (session: string): boolean =>
      [...places].some(([dir, { claim }]) => dir.includes(session) && claim === 'none'),
    /** The server has died: nobody reads any more, and nobody is told. */
    forgetWatchers(): void {
      for (const place of places.values()) place.watchers.clear()
    },
  }
}
