/** Bugs that the simulated world finds. */
import type { Mutant } from './mutant.ts'

const caughtBy = 'world'

export const WORLD: readonly Mutant[] = [
  {
    ...{ bug: 'a client that comes back is sent its last event again', file: 'src/http/sse.ts', caughtBy },
    old: 'ahead ? -1 : options.after,',
    new: 'ahead ? -1 : Math.max(-1, options.after - 1),',
  },
  {
    ...{ bug: 'a client that comes back misses an event', file: 'src/http/sse.ts', caughtBy },
    old: 'ahead ? -1 : options.after,',
    new: 'ahead ? -1 : Math.min(head, options.after + 1),',
  },
  {
    ...{ bug: 'a cursor beyond the head is not reset', file: 'src/http/sse.ts', caughtBy },
    old: "if (ahead) socket.write(frame('reset', { reason: 'ahead', lastEventId: head }))",
    new: '',
  },
  {
    ...{ bug: 'a prompt is acknowledged before it is stored', file: 'src/runtime/turns.ts', caughtBy },
    old: '      await log.durable()\n      removeRuns(run)',
    new: '      removeRuns(run)',
  },
  {
    ...{ bug: 'ids are used again after a restart', file: 'src/runtime/log/log.ts', caughtBy },
    old: '{ fold: start.fold, spool: start.spool },',
    new: '{ fold: { ...start.fold, lastEventId: Math.max(-1, start.fold.lastEventId - 1) }, spool: start.spool },',
  },
  {
    ...{
      bug: 'a follower looks where the log ends before it listens',
      file: 'src/runtime/log/follow.ts',
      caughtBy,
    },
    old: 'const pump = (): void => {\n    while (ready && !reading && !stopped) {\n      const { lastEventId, state } = log.fold',
    new: 'const first = log.fold\n  const pump = (): void => {\n    while (ready && !reading && !stopped) {\n      const { lastEventId, state } = caughtUp ? log.fold : first',
  },
  {
    ...{ bug: 'a turn that is cancelled ends twice', file: 'src/machines/outcome.ts', caughtBy },
    old: "return [{ kind: 'cancelled' }, end('cancelled')]",
    new: "return [{ kind: 'cancelled' }, end('cancelled'), end('cancelled')]",
  },
  {
    ...{ bug: 'a turn that runs is forgotten by the next server', file: 'src/runtime/sessions.ts', caughtBy },
    old: 'for (const { session } of found) await session.adopt()',
    new: '',
  },
  {
    ...{ bug: 'SIGTERM is never followed by SIGKILL', file: 'src/runtime/process/stop.ts', caughtBy },
    old: '      sweeper?.escalate(to)\n',
    new: '',
  },
  {
    ...{ bug: 'an answer is not stored with its effect', file: 'src/runtime/turns.ts', caughtBy },
    old: '...(wanted.idempotency && { remembered: { ...wanted.idempotency, answer: accepted } }),',
    new: '',
  },
  {
    ...{
      bug: 'what is being written is not told to one who comes back',
      file: 'src/runtime/log/follow-partials.ts',
      caughtBy,
    },
    old: 'sent.get(part.block) ?? 0',
    new: 'sent.get(part.block) ?? part.text.length',
  },
  {
    ...{ bug: 'the tail loses its newest events', file: 'src/runtime/log/tail.ts', caughtBy },
    old: 'segments.shift()!',
    new: 'segments.pop()!',
  },
  {
    ...{ bug: 'the tail says that it reaches back further', file: 'src/runtime/log/tail.ts', caughtBy },
    old: 'if (oldest === undefined || after < oldest.first - 1) return null',
    new: 'if (oldest === undefined) return null\n  if (after < oldest.first - 1) after = oldest.first - 1',
  },
  {
    ...{
      bug: 'events are stored without the offset behind them',
      file: 'src/runtime/process/attempt.ts',
      caughtBy,
    },
    old: "if (records.length > 0) tell({ type: 'OUTPUT', records, spool: spoolOf(cursor) })",
    new: "if (records.length > 0) tell({ type: 'OUTPUT', records, spool: spoolOf(from) })",
  },
  {
    ...{ bug: 'a turn that could not be stored goes on', file: 'src/runtime/log/unstored.ts', caughtBy },
    old: '    deps.onUnrecorded(turn)\n',
    new: '',
  },
  {
    ...{ bug: 'a cancel that is sent again stops another turn', file: 'src/runtime/session.ts', caughtBy },
    old: 'once(key, () => stopTurn(by, key))',
    new: 'stopTurn(by)',
  },
  {
    ...{ bug: 'a stop is carried out before it is on record', file: 'src/runtime/process/stop.ts', caughtBy },
    old: '    await recorded\n',
    new: '',
  },
  {
    ...{
      bug: 'a stop by a clock does not wait to be on record',
      file: 'src/runtime/process/port.ts',
      caughtBy,
    },
    old: '      await Promise.resolve()\n',
    new: '',
  },
  {
    ...{ bug: 'an answer that waits to be stored is forgotten', file: 'src/runtime/log/log.ts', caughtBy },
    old: 'if (waiting === undefined) return',
    new: 'if (waiting !== null) return',
  },
  {
    ...{
      bug: 'what is being written is told an event too late',
      file: 'src/runtime/log/partials.ts',
      caughtBy,
    },
    old: 'deps.newestId()) <= fold.lastEventId)',
    new: 'deps.newestId()) < fold.lastEventId)',
  },
  {
    ...{ bug: 'what could not be stored is dropped', file: 'src/runtime/log/unstored.ts', caughtBy },
    old: 'return kept.length > 0\n',
    new: 'return false\n',
  },
  {
    ...{
      bug: 'what comes during an outage is put before what waits',
      file: 'src/runtime/log/unstored.ts',
      caughtBy,
    },
    old: 'joinBatches(inFlight, gathering)',
    new: 'joinBatches(gathering, inFlight)',
  },
  {
    ...{
      bug: 'text is sent with an offset that is off by one',
      file: 'src/runtime/log/partials.ts',
      caughtBy,
    },
    old: 'turn: shown.turn, offset, text: text.slice(offset, end) }',
    new: 'turn: shown.turn, offset: offset && offset - 1, text: text.slice(offset, end) }',
  },
  {
    ...{
      bug: 'a block that was given up is not taken back',
      file: 'src/runtime/log/follow-partials.ts',
      caughtBy,
    },
    old: 'if (units === GONE && !write(partials.goneFrame(block))) return false',
    new: '',
  },
  {
    ...{ bug: 'a cancel is forgotten while the agent starts', file: 'src/machines/process.ts', caughtBy },
    old: "        STARTED: 'stopping',\n        START_FAILED",
    new: "        STARTED: 'active',\n        START_FAILED",
  },
  {
    ...{ bug: 'two prompts at once are two turns at once', file: 'src/runtime/session.ts', caughtBy },
    old: 'if (mayBegin() && !queue.isDue()) return begin(start)',
    new: 'if (!queue.isDue()) return begin(start)',
  },
  {
    ...{
      bug: 'the same key at the same time is not known again',
      file: 'src/runtime/idempotency.ts',
      caughtBy,
    },
    old: 'underWay.set(request.key, { bodyHash: request.bodyHash, answer })',
    new: '',
  },
  {
    ...{ bug: 'a key is taken for another body', file: 'src/runtime/idempotency.ts', caughtBy },
    old: 'if (before.bodyHash !== now.bodyHash) throw',
    new: 'if (false) throw',
  },
  {
    ...{
      bug: 'an agent is read from its beginning by the next server',
      file: 'src/runtime/process/attempt.ts',
      caughtBy,
    },
    old: 'run.read(cursor.offset, {',
    new: 'run.read(0, {',
  },
  {
    ...{ bug: 'a slow client is told of nothing any more', file: 'src/http/sse.ts', caughtBy },
    old: "    follower.resume()\n  })\n  socket.on('timeout'",
    new: "  })\n  socket.on('timeout'",
  },
  {
    ...{ bug: 'the state of a session is not the fold of its log', file: 'src/machines/fold.ts', caughtBy },
    old: "return { ...fold, state: 'cancelling', queueHeld: 'cancelled' }",
    new: "return { ...fold, queueHeld: 'cancelled' }",
  },
  {
    ...{
      bug: 'an agent is started before its turn is stored',
      file: 'src/runtime/process/supervise.ts',
      caughtBy,
    },
    old: '    await deps.durable()\n  } catch {',
    new: '  } catch {',
  },
  {
    ...{ bug: 'a prompt that starts stays in the queue', file: 'src/runtime/turns.ts', caughtBy },
    old: "promptId === undefined ? [] : [{ ...dequeuedRecord(promptId, 'started'), turn: before }]",
    new: '[] as LogRecord[]',
  },
  {
    ...{
      bug: 'prompts that wait are forgotten by the next server',
      file: 'src/runtime/sessions.ts',
      caughtBy,
    },
    old: 'for (const session of waiting) void session.queue.advance()',
    new: '',
  },
  {
    ...{ bug: 'a prompt overtakes those that wait', file: 'src/runtime/session.ts', caughtBy },
    old: 'if (mayBegin() && !queue.isDue()) return begin(start)',
    new: 'if (mayBegin()) return begin(start)',
  },
  {
    ...{ bug: 'an edit finds a prompt that has just started', file: 'src/runtime/queue/queue.ts', caughtBy },
    old: '  const find = (promptId: string): PlacedPrompt | undefined => {\n    const { queue } = log.newest',
    new: '  const find = (promptId: string): PlacedPrompt | undefined => {\n    const { queue } = log.fold',
  },
  {
    ...{
      bug: 'an edit that was refused is stored all the same',
      file: 'src/runtime/queue/queue.ts',
      caughtBy,
    },
    old: 'records.map((part) => ({ ...part, turn })),\n      { revocable: true },',
    new: 'records.map((part) => ({ ...part, turn })),\n      { revocable: false },',
  },
  {
    ...{
      bug: 'an agent is told before the answer is on record',
      file: 'src/runtime/process/input.ts',
      caughtBy,
    },
    old: '        await deps.durable()\n',
    new: '',
  },
  {
    ...{ bug: 'an answer is not said by the next server', file: 'src/runtime/process/port.ts', caughtBy },
    old: '    context().cursor.unsaid,\n',
    new: '    null,\n',
  },
  {
    ...{ bug: 'an answer is said again behind itself', file: 'src/runtime/process/input.ts', caughtBy },
    old: 'deps.host.writeInput(deps.runDir(), next)',
    new: 'deps.host.writeInput(deps.runDir(), { ...next, at: deps.host.inputBytes(deps.runDir()) })',
  },
  {
    ...{ bug: 'a second answer counts as well', file: 'src/runtime/approvals.ts', caughtBy },
    old: 'if (!snapshot.can(event)) return refuseLate(given.approvalId)',
    new: '',
  },
  {
    ...{ bug: 'an answer is acknowledged before it is stored', file: 'src/runtime/approvals.ts', caughtBy },
    old: "      await onRecord(log, 'The answer counts, and is given to the agent when it is stored')\n",
    new: '',
  },
  {
    ...{
      bug: 'what the agent waits for is forgotten by the next server',
      file: 'src/runtime/turns.ts',
      caughtBy,
    },
    old: 'approvals: openApprovals(log.fold.approvals, deps.now()),',
    new: 'approvals: [],',
  },
]
