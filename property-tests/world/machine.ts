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
import { launchedWith } from './launched.ts'
import type { Recorder } from './recorder.ts'
import type { Tasks } from './tasks.ts'
import type { Time } from './time.ts'

/** What is at a run directory. */
type Place = {
  turn: number
  claim: 'none' | 'supervisor' | 'nobody'
  /** Why its supervisor is gone, and has not said how the agent ended; null when it is not, or has. */
  loss: LostError['reason'] | null
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

export function createMachine({ record, see }: Recorder, tasks: Tasks, time: Time) {
  const places = new Map<string, Place>()
  const newest = new Map<string, Place>()
  let agents = 0
  let boot = { id: 'boot 1', at: time.now }

  const placeAt = (dir: string): Place => {
    const place = places.get(dir) ?? {
      ...{ turn: 0, claim: 'none', loss: null, agent: null, input: '' },
      ...{ watchers: new Set(), waking: false },
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
    const since = boot
    await tasks.whenDue()
    if (place.claim !== 'none' || boot !== since) return
    const [session = '', turn] = turnName.split(':')
    Object.assign(place, { claim: 'supervisor', turn: Number(turn) })
    newest.set(session, place)
    await tasks.whenDue()
    if (place.loss !== null || boot !== since) return
    place.agent = createAgent(
      { record },
      { agent: agents++, session, turn: place.turn, heeds, ...launchedWith(launch) },
      () => void wakeSoon(place),
    )
    wake(place)
  }

  /** As the supervisor has written it down. */
  const exitOf = ({ agent, loss }: Place) => (loss === null ? (agent?.exit ?? null) : null)

  /** Its supervisor goes; too late, when it has said how the agent ended. */
  const lose = (place: Place, reason: LostError['reason']): boolean => {
    if (place.claim !== 'supervisor' || place.loss !== null || exitOf(place) !== null) return false
    place.loss = reason
    void wakeSoon(place)
    return true
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
      if (place.loss !== null) throw new LostError(place.loss, 'the supervisor is gone')
      await wakeup.wait()
    }
    const { agent } = place
    return {
      async read(offset, listener) {
        let position = offset
        while (!detached) {
          const [exit, { spool }] = [exitOf(place), agent]
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
          else if (place.loss !== null) throw new LostError(place.loss, 'the supervisor is gone')
          else await wakeup.wait()
        }
        return null
      },
      exit: () => exitOf(place),
      // By the supervisor alone.
      endInput: () => void tasks.whenDue().then(() => place.loss ?? agent.endInput()),
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
    const isAlive = (): boolean => (place.agent === null ? place.loss === null : place.agent.exit === null)
    const alive = () => (isAlive() ? [{ pid: 1 }] : [])
    return {
      note() {},
      alive,
      orphans: () => [],
      signal(signal) {
        const before = alive()
        see('SIGKILL used', signal === 'SIGKILL' && place.agent !== null && before.length > 0)
        if (place.agent !== null) place.agent.signal(signal)
        else if (signal === 'SIGKILL') lose(place, 'lost')
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
    openKiller: ({ runDir, boot: of }) =>
      of === boot.id && placeAt(runDir).claim === 'supervisor' ? killerOf(placeAt(runDir)) : null,
  }

  return {
    host,
    bootId: (): string => boot.id,
    uptimeMs: (): number => time.now - boot.at,
    /** The session's newest agent, as long as it is alive. */
    agentOf(session: string): SimulatedAgent | null {
      const agent = newest.get(session)?.agent ?? null
      return agent?.exit === null ? agent : null
    },
    hasAgents: (): boolean => [...places.values()].some(({ agent }) => agent?.exit === null),
    /** The supervisor of the session's newest turn dies, and leaves its agent alone. */
    loseSupervisor(session: string): void {
      const place = newest.get(session)
      if (place === undefined || !lose(place, 'lost')) return
      see('supervisor lost before its agent began', place.agent === null)
      record({ type: 'lost', session, turn: place.turn })
    },
    /** Everything that runs is gone; the files of the agents may be as well, if they had not come to the disk. */
    restart({ keepsRuns }: { keepsRuns: boolean }): void {
      for (const place of places.values()) {
        lose(place, 'interrupted')
        place.agent?.vanish()
      }
      if (!keepsRuns) for (const map of [places, newest]) map.clear()
      boot = { id: `boot ${Number(boot.id.split(' ')[1]) + 1}`, at: time.now }
      record({ type: 'restarted', keepsRuns })
    },
    removeDir(dir: string): void {
      for (const [run, place] of places) {
        if (!run.startsWith(`${dir}/`)) continue
        places.delete(run)
        for (const [session, newestPlace] of newest) if (newestPlace === place) newest.delete(session)
      }
    },
    /** The server has died: nobody reads any more, and nobody is told. */
    forgetWatchers(): void {
      for (const place of places.values()) place.watchers.clear()
    },
  }
}
