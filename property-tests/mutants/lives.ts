/** Bugs in how sessions, servers and machines come and go, and in what outlives a turn, that the simulated world finds. */
import type { Mutant } from './mutant.ts'

const caughtBy = 'world'

const SESSION = 'src/runtime/session.ts'
const SESSIONS = 'src/runtime/sessions.ts'

export const LIVES: readonly Mutant[] = [
  {
    ...{ bug: 'who asks for a session in use gets another object', file: 'src/runtime/in-use.ts', caughtBy },
    old: '      const found = peek(id)\n',
    new: '      const found = undefined as T | undefined\n',
  },
  {
    ...{ bug: 'a session is deleted while its agent runs', file: SESSION, caughtBy },
    old: "      await waitFor(actor, (snapshot) => snapshot.value === 'idle')\n",
    new: '',
  },
  {
    ...{ bug: 'a session takes prompts while it is deleted', file: SESSION, caughtBy },
    old: '      deleting = true\n',
    new: '',
  },
  {
    ...{ bug: 'a session that could not be deleted takes no more turns', file: SESSION, caughtBy },
    old: '    keep(): void {\n      deleting = false\n',
    new: '    keep(): void {\n',
  },
  {
    ...{ bug: 'a session is taken for deleted before it is', file: SESSIONS, caughtBy },
    old: '      await store.remove(id, deps.now().toISOString())\n',
    new: '      void store.remove(id, deps.now().toISOString()).catch(() => {})\n',
  },
  {
    ...{ bug: 'two deletions at once are two', file: SESSIONS, caughtBy },
    old: 'underWay.get(id) ?? removeSession(session)',
    new: 'removeSession(session)',
  },
  {
    ...{ bug: 'who follows a session is not told that it is deleted', file: SESSION, caughtBy },
    old: '      for (const listener of [...endings]) listener()\n',
    new: '',
  },
  {
    ...{ bug: 'a session that is deleted is still found', file: SESSIONS, caughtBy },
    old: '    inUse.remove(id)\n    changes.note',
    new: '    changes.note',
  },
  {
    ...{ bug: 'an id that was deleted is not known any more', file: SESSIONS, caughtBy },
    old: "      if (known === 'deleted') throw new CodedError('session_deleted')\n",
    new: '',
  },
  {
    ...{ bug: 'files of a deleted session are forgotten by the next server', file: SESSIONS, caughtBy },
    old: '      for (const { id, ownsWorkspace } of await store.listRemoved()) await removeFiles(id, ownsWorkspace)\n',
    new: '',
  },
  {
    ...{
      bug: 'a server that stops does not wait for its store',
      file: 'src/runtime/log/writer.ts',
      caughtBy,
    },
    old: '      await Promise.race([idle(), sleep(waitMs, undefined, { ref: false })])\n',
    new: '',
  },
  {
    ...{ bug: 'a server that stops cancels its turns', file: SESSION, caughtBy },
    old: '      queue.stop()\n      actor.stop()\n',
    new: "      queue.stop()\n      actor.send({ type: 'CANCEL', by: 'server' })\n      actor.stop()\n",
  },
  {
    ...{ bug: 'an agent outlives its lost supervisor', file: 'src/machines/process.ts', caughtBy },
    old: "{ target: '.stopping.terminating', actions: 'recordLoss' }",
    new: "{ target: '.settling', actions: 'recordLoss' }",
  },
  {
    ...{ bug: 'a turn that was lost ends as if by itself', file: 'src/machines/process-setup.ts', caughtBy },
    old: '{ error: event.error, cause: event.cause }\n    }),\n    recordSurvivors',
    new: '{ error: event.error }\n    }),\n    recordSurvivors',
  },
  {
    ...{
      bug: 'an agent is started again when the machine was restarted',
      file: 'src/runtime/process/turn.ts',
      caughtBy,
    },
    old: 'if (cursor.boot !== now.boot)',
    new: 'if (false)',
  },
  {
    ...{ bug: 'what is set is not stored', file: SESSION, caughtBy },
    old: '      await deps.store.edit(id, edit, at)\n',
    new: '',
  },
  {
    ...{ bug: 'what is set holds for the next server only', file: SESSION, caughtBy },
    old: '      row = { ...row, ...edit, updatedAt: at }\n',
    new: '',
  },
  {
    ...{ bug: 'a permission mode forgets nothing', file: SESSION, caughtBy },
    old: '{ ...given, allowedAfter: log.fold.lastEventId }',
    new: 'given',
  },
  {
    ...{ bug: 'another title forgets what was allowed', file: SESSION, caughtBy },
    old: 'given.permissionMode === undefined ? given : {',
    new: 'given.title === undefined ? given : {',
  },
  {
    ...{ bug: 'what is allowed once is allowed for good', file: 'src/machines/fold.ts', caughtBy },
    old: "event.always && event.decision === 'allow'",
    new: "event.decision === 'allow'",
  },
  {
    ...{
      bug: 'an agent is not told that it may for good',
      file: 'src/runtime/agents/claude-permissions.ts',
      caughtBy,
    },
    old: ', ...(always && { updatedPermissions })',
    new: '',
  },
  {
    ...{ bug: 'what was allowed for good is asked by the next turn', file: 'src/runtime/turns.ts', caughtBy },
    old: 'const allowed = allowedFor(row, log.fold)',
    new: 'const allowed: unknown[] = []',
  },
  {
    ...{ bug: 'a prompt loses its files in the queue', file: 'src/runtime/queue/records.ts', caughtBy },
    old: '    ...(attachments.length > 0 && { attachments }),\n',
    new: '',
  },
  {
    ...{ bug: 'an edit loses the files of a prompt', file: 'src/runtime/queue/queue.ts', caughtBy },
    old: 'queuedRecord({ ...found, prompt: text })',
    new: 'queuedRecord({ ...found, prompt: text, attachments: [] })',
  },
  {
    ...{
      bug: 'the next server starts an agent without its files',
      file: 'src/runtime/turn-context.ts',
      caughtBy,
    },
    old: 'attachments: user?.attachments ?? [],',
    new: 'attachments: [],',
  },
  {
    ...{
      bug: 'the queue is cleared of its first prompt alone',
      file: 'src/runtime/queue/queue.ts',
      caughtBy,
    },
    old: "log.newest.queue.map(({ promptId }) => dequeuedRecord(promptId, 'cleared'))",
    new: "log.newest.queue.slice(0, 1).map(({ promptId }) => dequeuedRecord(promptId, 'cleared'))",
  },
]
