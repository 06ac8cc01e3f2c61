import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chaos } from './main.ts'
import type { Row } from './row.ts'
import { ROWS } from './rows.ts'

const row = (name: string, run: Row['run'], more: Partial<Row> = {}): Row => ({
  ...{ name, target: `the promise of ${name}`, run },
  ...more,
})
const holds = row('holds', async ({ size }) => ({ ok: true, figure: `${size}, 0 lost` }))
const misses = row('misses', async () => ({ ok: false, figure: '1 lost', details: { lost: [7] } }))
const throws = row('throws', async () => {
  throw new Error('no server\nand a second line')
})
const cannot = row('cannot', holds.run, { unavailable: () => 'no such disk here' })

async function run(rows: Row[], ...argv: string[]) {
  const lines: string[] = []
  const said: string[] = []
  const code = await chaos(argv, rows, { print: (line) => lines.push(line), say: (line) => said.push(line) })
  return { code, lines, said, summary: () => JSON.parse(lines.at(-1)!) }
}

describe('npm run chaos', () => {
  it('prints a line for each row, then the summary as JSON, and exits with 0 when all hold', async () => {
    const { code, lines, summary } = await run([holds, { ...holds, name: 'too' }])
    expect(code).toBe(0)
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^holds +ok +\d+\.\d s {2}full, 0 lost \[the promise of holds\]$/)
    const kept = { target: 'the promise of holds', ok: true, figure: 'full, 0 lost' }
    const seconds = expect.any(Number)
    expect(summary()).toEqual({
      ...{ size: 'full', ok: true, seconds },
      rows: [
        { name: 'holds', seconds, ...kept },
        { name: 'too', seconds, ...kept },
      ],
    })
  })

  it('exits with 1 when a row misses, and runs the others all the same', async () => {
    const { code, lines, summary } = await run([misses, holds])
    expect(code).toBe(1)
    expect(lines[0]).toMatch(/^misses +MISS .* 1 lost /)
    expect(summary()).toMatchObject({
      ok: false,
      rows: [{ ok: false, details: { lost: [7] } }, { ok: true }],
    })
  })

  it('takes a row that throws for a miss, with its error', async () => {
    const { code, lines, summary } = await run([throws])
    expect(code).toBe(1)
    expect(lines[0]).toMatch(/^throws +MISS .* no server \[/)
    expect(summary().rows[0].details.error).toContain('and a second line')
  })

  it('says what went wrong first when clearing up after it fails as well', async () => {
    const { lines } = await run([
      row('both', async () => {
        await using _broken = { [Symbol.asyncDispose]: () => Promise.reject(new Error('second')) }
        throw new Error('first')
      }),
    ])
    expect(lines[0]).toMatch(/^both +MISS .* first \[/)
  })

  it('leaves out what cannot be tried here: no pass, and no failure', async () => {
    const { code, lines, summary } = await run([cannot, holds])
    expect(code).toBe(0)
    expect(lines[0]).toMatch(/^cannot +left out: no such disk here/)
    expect(summary().rows[0]).toMatchObject({ ok: null, figure: 'left out: no such disk here' })
  })

  it('runs the rows that are named, in the size that is asked for', async () => {
    const { code, lines, summary } = await run([misses, holds, throws], '--short', '--row', 'holds')
    expect(code).toBe(0)
    expect(lines).toHaveLength(2)
    expect(summary()).toMatchObject({ size: 'short', rows: [{ name: 'holds', figure: 'short, 0 lost' }] })
  })

  it('writes the summary to a file when told to', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'breakglass-chaos-'))
    const file = join(dir, 'chaos.json')
    const { lines } = await run([holds], '--json', file)
    expect(lines).toHaveLength(1)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ ok: true })
    rmSync(dir, { recursive: true })
  })

  it('lists the rows without running them', async () => {
    const { code, lines } = await run([throws, misses], '--list')
    expect({ code, names: lines.map((line) => line.split(' ')[0]) }).toEqual({
      code: 0,
      names: ['throws', 'misses'],
    })
  })

  it.each([
    [['--row', 'nothing'], 'there is no row nothing'],
    [['--short', '--full'], 'at once'],
    [['--rows'], '--rows'],
  ])('refuses %j', async (argv, why) => {
    const { code, lines, said } = await run([holds], ...argv)
    expect({ code, lines }).toEqual({ code: 2, lines: [] })
    expect(said.join('\n')).toContain(why)
  })
})

describe('the table of rows', () => {
  it('has each name once, as --row takes it, and a promise of one line', () => {
    const names = ROWS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)?$/)
    for (const { target } of ROWS) expect(target).toMatch(/^[^\n]+$/)
  })
})
