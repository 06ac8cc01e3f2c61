/**
 * All logs of a data directory, read without changing anything, also while a server uses it: each session in a
 * transaction of its own, so that what is compared was true at one time.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { SCHEMA_VERSION } from '../runtime/log/sqlite-database.ts'
import { verifySession } from './stored-session.ts'
import { UnverifiableError, type Verified } from './verified.ts'

const NAME = 'breakglass.db'

/** @throws UnverifiableError when there is no database, or none of a format that is known */
export function* verifyDataDir(dir: string): Generator<Verified> {
  const path = join(dir, NAME)
  if (!existsSync(path)) throw new UnverifiableError(`there is no ${path}`)
  const url = pathToFileURL(path)
  // Nobody writes where there is no log of writes. Opened to be shared it would get one, of an owner who may be a stranger.
  const isAtRest = !existsSync(`${path}-wal`)
  if (isAtRest) url.search = 'immutable=1'
  const db = new DatabaseSync(url, { readOnly: true })
  try {
    yield { name: NAME, events: null, violations: checkDatabase(db, path) }
    const ids = db.prepare('SELECT id FROM session ORDER BY key').all()
    for (const { id } of ids) yield verifySession(db, String(id))
  } catch (error) {
    if (error instanceof UnverifiableError) throw error
    yield { name: NAME, events: null, violations: [`it cannot be read: ${(error as Error).message}`] }
  } finally {
    db.close()
  }
  if (isAtRest && existsSync(`${path}-wal`))
    throw new UnverifiableError('a server was started meanwhile, and may have been read by halves: ask again')
}

const LEFT = `
  SELECT 'segments' AS what, count(*) AS count FROM segment
  WHERE session NOT IN (SELECT key FROM session WHERE row IS NOT NULL)
  UNION ALL SELECT 'answers', count(*) FROM remembered
  WHERE session NOT IN (SELECT key FROM session WHERE row IS NOT NULL)
`

function checkDatabase(db: DatabaseSync, path: string): string[] {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  // The logs are kept as they were in format 1: they are read before they are migrated, too.
  if (version < 1 || version > SCHEMA_VERSION)
    throw new UnverifiableError(`${path} has format ${version}; this program knows ${SCHEMA_VERSION}`)
  const said = db
    .prepare('PRAGMA quick_check')
    .all()
    .map((row) => String(row.quick_check))
  const left = db.prepare(LEFT).all()
  return [
    ...said.filter((line) => line !== 'ok'),
    ...left
      .filter(({ count }) => count !== 0)
      .map(({ what, count }) => `${count} ${what} of sessions that are gone`),
  ]
}
