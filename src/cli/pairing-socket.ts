/**
 * Where whoever is this user on this machine comes by a code: a socket in the data directory, to which nobody else gets.
 * To connect is to ask. Nothing is said to who answers: when no server runs, a port is whoever's.
 */
import { chmodSync, closeSync, constants, existsSync, openSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Offer } from './show-pairing.ts'

/** A server that hangs is none that answers. */
const ANSWER_MS_MAX = 10_000

/** @returns how to stop */
export async function offerCodes(dataDir: string, makeCode: () => Promise<Offer>): Promise<() => void> {
  const { path, leave } = reach(dataDir)
  const server = createServer((socket) => {
    socket.on('error', () => {})
    makeCode().then(
      (offer) => socket.end(JSON.stringify(offer)),
      () => socket.destroy(),
    )
  })
  try {
    // What a server that died has left: this one has the lock.
    rmSync(path, { force: true })
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
    chmodSync(path, 0o600)
  } catch (error) {
    leave()
    throw error
  }
  return () => void server.close(leave)
}

/** @throws when no server of this directory answers */
export async function askForCode(dataDir: string): Promise<Offer> {
  const { path, leave } = reach(dataDir)
  try {
    const socket = connect(path)
    socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy(new Error('no answer')))
    return JSON.parse(await text(socket))
  } catch {
    throw new Error(
      `no server answers that uses ${dataDir}: pair needs the data directory of the one that runs`,
    )
  } finally {
    leave()
  }
}

/** A socket's path has 107 bytes at most (unix(7)), and a data directory may have more. What is open has a short one. */
function reach(dataDir: string): { path: string; leave: () => void } {
  const name = 'pair.sock'
  const fd = openSync(dataDir, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  const opened = `/proc/self/fd/${fd}`
  return { path: join(existsSync(opened) ? opened : dataDir, name), leave: () => closeSync(fd) }
}
