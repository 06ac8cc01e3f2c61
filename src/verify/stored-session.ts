/** One session of a database: its log, and whether what is kept beside the log is what the log says. */
import type { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import { isOpen } from '../machines/fold.ts'
import { createLogReader, type LogReader } from './log-reader.ts'
import type { Verified } from './verified.ts'

type Row = { head: unknown; phase: unknown; row: unknown; fold: unknown }

/** Reads it in one transaction. */
export function verifySession(db: DatabaseSync, id: string): Verified {
  const log = createLogReader()
  try {
    db.exec('BEGIN')
    const row = db.prepare('SELECT head, phase, row, fold FROM session WHERE id = ?').get(id) as Row
    const segments = row.row === null ? [] : readLog(db, id, log)
    const violations =
      row.row === null ? checkDeleted(row) : [...log.check(), ...checkBeside(db, id, row, log)]
    return { name: id, events: log.events.length, violations: [...segments, ...violations] }
  } catch (error) {
    return {
      name: id,
      events: log.events.length,
      violations: [`it cannot be read: ${(error as Error).message}`],
    }
  } finally {
    if (db.isTransaction) db.exec('COMMIT')
  }
}

/** @returns what is wrong with the segments */
function readLog(db: DatabaseSync, id: string, log: LogReader): string[] {
  const violations: string[] = []
  const query = db.prepare(
    'SELECT first, last, frames FROM segment WHERE session = (SELECT key FROM session WHERE id = ?) ORDER BY last',
  )
  let due = 0
  for (const { first, last, frames } of query.iterate(id)) {
    if (first !== due) violations.push(`the segment to ${last} begins at ${first}, and should at ${due}`)
    const before = log.events.length
    violations.push(...readFrames(Buffer.from(frames as Uint8Array).toString('utf8'), log))
    const count = log.events.length - before
    if (count !== Number(last) - Number(first) + 1)
      violations.push(`the segment from ${first} to ${last} has ${count} events`)
    due = Number(last) + 1
  }
  return violations
}

/** What a client is sent is what stands there: so it is read as strictly as it was written. */
function readFrames(text: string, log: LogReader): string[] {
  const frames = text.split('\n\n')
  const rest = frames.pop()
  const violations = rest === '' ? [] : [`a frame has no end: ${shorten(rest!)}`]
  for (const frame of frames) {
    const [, id, data] = /^id: (\d+)\ndata: (.*)$/.exec(frame) ?? []
    try {
      const event = JSON.parse(data ?? '')
      log.take(event)
      if (String(event.id) !== id) violations.push(`the frame of the event ${event.id} has the id ${id}`)
    } catch {
      violations.push(`a frame cannot be read: ${shorten(frame)}`)
    }
  }
  return violations
}

const shorten = (text: string): string => JSON.stringify(text.slice(0, 80))

const checkDeleted = ({ phase, fold }: Row): string[] =>
  (phase === 2 || phase === 3) && fold === null ? [] : ['it is deleted, but not all of it']

function checkBeside(db: DatabaseSync, id: string, { head, phase, fold }: Row, log: LogReader): string[] {
  const last = log.events.length - 1
  const violations = head === last ? [] : [`the head is ${head}, and should be ${last}`]
  if (log.fold !== null) {
    const due = isOpen(log.fold) ? 1 : 0
    if (phase !== due) violations.push(`the phase is ${phase}, and should be ${due}`)
    // Only what is stored: an older version knew less.
    for (const [name, value] of Object.entries(JSON.parse(String(fold)))) {
      const folded = log.fold[name as keyof typeof log.fold]
      if (!isDeepStrictEqual(value, folded))
        violations.push(
          `${name} is stored as ${JSON.stringify(value)}, and should be ${JSON.stringify(folded)}`,
        )
    }
  }
  return [...violations, ...checkAnswers(db, id, log)]
}

/** Whoever asked again would be told of a turn that there is, and of a prompt that was queued. */
function checkAnswers(db: DatabaseSync, id: string, { events }: LogReader): string[] {
  const query = db.prepare(
    'SELECT key, answer FROM remembered WHERE session = (SELECT key FROM session WHERE id = ?) ORDER BY key',
  )
  return query.all(id).flatMap(({ key, answer: text }) => {
    const answer = JSON.parse(String(text))
    const name = JSON.stringify(key)
    if (answer?.eventId !== undefined) {
      const { kind, turn } = events[answer.eventId] ?? {}
      return kind === 'user' && turn === answer.turn
        ? []
        : [`${name} was answered by turn ${answer.turn}, which is not there`]
    }
    if (answer?.queued !== true) return []
    const wasQueued = events.some((event) => event.kind === 'queued' && event.promptId === answer.promptId)
    return wasQueued ? [] : [`${name} was answered by the prompt ${answer.promptId}, which was never queued`]
  })
}
