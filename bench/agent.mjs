#!/usr/bin/env node
// The agent of the bench: its prompt is `{ready, go, lines, chars, perSecond}`. It makes the file `ready`, and when
// there is a file `go` it prints so many lines, flat out without a rate.
// Each text begins with the clock at which it was printed, in microseconds and 16 digits: CLOCK_MONOTONIC, which all
// processes of a machine share. As claude does it speaks stream-json; with --plain, events as they travel, so that a
// server that sends on what it reads sends as many bytes as one that translates.
import { existsSync, watch, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is printed at once, flat out: as with any program whose stdout is no terminal. */
const BLOCK_CHARS = 64 * 1024

const args = process.argv.slice(2)
const plain = args.includes('--plain')
const sessionId = args[args.indexOf(args.includes('--resume') ? '--resume' : '--session-id') + 1]

const clock = () => String(process.hrtime.bigint() / 1000n).padStart(16, '0')
const print = (text) => {
  let rest = Buffer.from(text)
  while (rest.length > 0) rest = rest.subarray(writeSync(1, rest))
}
const message = (value) => print(`${JSON.stringify({ ...value, session_id: sessionId })}\n`)

/** @returns what stands in front of the text of line `block`, and behind it */
const around = (block) =>
  plain
    ? [
        `{"id":${block},"at":"2026-01-01T00:00:00.000Z","kind":"text","turn":1,"text":"`,
        `","block":${block}}\n`,
      ]
    : [
        '{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"',
        '"}]},"parent_tool_use_id":null}\n',
      ]

const exists = (file) =>
  new Promise((resolve) => {
    const watcher = watch(dirname(file), () => look())
    const look = () => {
      if (!existsSync(file)) return
      watcher.close()
      resolve()
    }
    look()
  })

async function say({ lines, chars, perSecond }) {
  const rest = 'x'.repeat(chars - 16)
  const line = (block) => around(block).join(clock() + rest)
  if (perSecond) {
    const startedAt = performance.now()
    for (let block = 0; block < lines; block++) {
      const dueMs = startedAt + (block * 1_000) / perSecond - performance.now()
      // As many as are due, so that a busy machine does not make it slower.
      if (dueMs > 0) await sleep(dueMs)
      print(line(block))
    }
    return
  }
  let text = ''
  for (let block = 0; block < lines; block++) {
    text += line(block)
    if (text.length < BLOCK_CHARS) continue
    print(text)
    text = ''
  }
  print(text)
}

if (!plain) message({ type: 'system', subtype: 'init', model: 'bench', tools: [] })
const stdin = createInterface({ input: process.stdin })
stdin.once('line', async (text) => {
  const script = JSON.parse(plain ? text : JSON.parse(text).message.content.at(-1).text)
  writeFileSync(script.ready, '')
  await exists(script.go)
  await say(script)
  if (!plain) message({ type: 'result', subtype: 'success', is_error: false, result: 'done', usage: {} })
  stdin.close()
})
