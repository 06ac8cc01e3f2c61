/** Sends a server what no client would, and looks whether it is still the same afterwards. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { createRandom } from '../chaos/random.ts'
import { loopback } from '../support/raw-request.ts'
import type { TestServer } from '../support/server.ts'
import { createGrammar } from './grammar.ts'
import { createSlowClients } from './slow-clients.ts'

const AT_ONCE = 100

export type Tally = {
  requests: number
  /** By status; as the clients saw them. */
  answers: Record<string, number>
  /** Answers with a status of 500 and more, as the server counted them, seen or not. */
  failures: number
  slowClientsCutOff: number
  /** Of the server's memory, once it was warm: the median in the first fifth of the run, and in the last. */
  rssMiB: { early: number; late: number }
}

/** @throws when the server is gone */
export async function fuzz(
  server: TestServer,
  options: {
    requests: number
    /** How many come before these, until the server has taken the memory that it works with. */
    warmUp: number
    seed: number
    slowClients: number
    say?: (text: string) => void
  },
): Promise<Tally> {
  const { pid } = server
  const port = Number(new URL(server.url).port)
  const { id } = await server.open()
  const next = createGrammar(createRandom(options.seed), { token: server.token(), port, id })
  const slow = createSlowClients(port, options.slowClients)
  const answers: Record<string, number> = {}
  const rss: number[] = []
  const rounds = Math.ceil((options.warmUp + options.requests) / AT_ONCE)

  const send = async (number: number): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: loopback(number), allowHalfOpen: true })
    socket.setEncoding('latin1').on('error', () => {})
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => {
      for (const status of text.match(/(?<=HTTP\/1\.1 )\d{3}(?= [A-Z])/g) ?? ['none'])
        answers[status] = (answers[status] ?? 0) + 1
    })
    await once(socket, 'connect')
    socket.write(next())
    return socket
  }

  for (let round = 0; round < rounds; round++) {
    slow.trickle()
    const sockets = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => send(round * AT_ONCE + index)),
    )
    // What was sent before has been read when this is answered; what waits for more then gets its end.
    const { status } = await server.get('/readyz')
    if (status !== 200) throw new Error(`the server answered ${status} in round ${round}`)
    await Promise.all(
      sockets.map((socket) => {
        socket.end()
        // Not once(), which fails when the server resets what it has had enough of.
        return socket.closed || new Promise((resolve) => socket.once('close', resolve))
      }),
    )
    rss.push(rssMiB(pid))
    if (round % 100 === 99) options.say?.(`${(round + 1) * AT_ONCE} requests, ${rss.at(-1)} MiB`)
  }
  const slowClientsCutOff = await slow.ended()
  if (server.pid !== pid) throw new Error('the server is another one now')
  const warm = rss.slice(options.warmUp / AT_ONCE)
  const fifth = Math.ceil(warm.length / 5)
  return {
    requests: rounds * AT_ONCE,
    answers,
    failures: await countFailures(server),
    slowClientsCutOff,
    rssMiB: { early: median(warm.slice(0, fifth)), late: median(warm.slice(-fifth)) },
  }
}

const rssMiB = (pid: number): number =>
  Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1_024)

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!

async function countFailures(server: TestServer): Promise<number> {
  const { body } = await server.get('/metrics')
  const counted = String(body).matchAll(/^breakglass_http_requests_total\{.*status="5\d\d"\} (\d+)$/gm)
  return [...counted].reduce((sum, [, count]) => sum + Number(count), 0)
}
