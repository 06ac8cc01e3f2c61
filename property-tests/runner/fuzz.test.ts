import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fuzz, type Output } from './fuzz.ts'
import { holds } from './holds.ts'
import type { Property } from './property.ts'

/** Fails for lists that have a large number in them, and counts its commands. */
const small: Property = {
  name: 'small',
  title: 'numbers are small',
  runs: 200,
  open: (tally) => ({
    check: fc.property(fc.array(fc.nat(1_000)), (numbers) => {
      tally.commands += numbers.length
      for (const number of numbers) if (number > 900) throw new Error(`${number} is large`)
    }),
  }),
}
const blind: Property = {
  name: 'blind',
  title: 'it sees something',
  runs: 10,
  open(tally) {
    tally.sights = { light: 0 }
    return { check: fc.property(fc.nat(), () => {}) }
  },
}
const well: Property = {
  name: 'well',
  title: 'all is well',
  runs: 10,
  open: () => ({ check: fc.property(fc.nat(), () => {}) }),
}

const run = (properties: Property[], ...argv: string[]) => runUntil(undefined, properties, ...argv)

async function runUntil(stop: AbortSignal | undefined, properties: Property[], ...argv: string[]) {
  let [printed, said] = ['', '']
  const output: Output = {
    print(text) {
      printed += `${text}\n`
    },
    say(text) {
      said += `${text}\n`
    },
  }
  const code = await fuzz(argv, properties, output, stop)
  return { code, printed, said }
}

describe('npm run fuzz', () => {
  test('goes round until the time is up, and says what was done', async () => {
    const { code, printed, said } = await run([well], '--minutes', '0.002', '--seed', '7')
    expect(code).toBe(0)
    expect(printed).toMatch(/^well: (\d+0 runs), 0\.\d s\nin all: \1, 0 commands, 0 faults, 0 s\n$/)
    expect(said).toMatch(/^well: --seed 7\n/)
  })

  test('ends behind the round in which it is told to, and says what was done', async () => {
    const stop = new AbortController()
    const stopping: Property = {
      ...well,
      open: () => ({ check: fc.property(fc.nat(), () => stop.abort()) }),
    }
    const { code, printed } = await runUntil(stop.signal, [stopping, well], '--minutes', '60')
    expect(code).toBe(0)
    expect(printed).toMatch(/^well: 10 runs, .*\nwell: 0 runs, .*\nin all: 10 runs/)
  })

  test('says in full what an assertion compared', async () => {
    const deep: Property = {
      ...well,
      open: () => ({
        check: fc.property(fc.constant([[['wrong']]]), (value) => expect(value).toEqual([[['right']]])),
      }),
    }
    const { printed } = await run([deep], '--minutes', '0.002')
    expect(printed).toContain('\nactual: [[["wrong"]]]\nexpected: [[["right"]]]\n')
  })

  test('says of what fails how to have it again, which it then does, and goes on with the others', async () => {
    const { code, printed } = await run([small, well], '--minutes', '0.002')
    expect(code).toBe(1)
    expect(printed).toContain('Error: 901 is large')
    expect(printed).toContain('counterexample: [[901]]')
    expect(printed).toMatch(/small: \d+ runs, \d+ commands/)
    expect(printed).toMatch(/well: [1-9]\d+0 runs/)
    const [, argv] = /^again: npm run fuzz -- (.*)$/m.exec(printed)!
    const again = await run([small, well], ...argv!.split(' '))
    expect(again).toMatchObject({ code: 1, said: '', printed: expect.stringContaining('[[901]]') })
    expect(again.printed).toContain('small does not hold: run 1 of seed')
  })

  test('says in which file what fails is kept, and with what', async () => {
    const { printed } = await run([small], '--minutes', '0.002', '--seed', '7')
    expect(printed).toContain('to keep it: property-tests/regressions/small-7.json\n')
    const kept = JSON.parse(printed.split('\n').find((line) => line.startsWith('{'))!)
    expect(kept).toEqual({ property: 'small', seed: 7, path: expect.stringMatching(/^\d+$/) })
  })

  test('fails when a property never saw what it is for', async () => {
    const { code, printed } = await run([blind], '--minutes', '0.002')
    expect(code).toBe(1)
    expect(printed).toContain('seen: light 0\n  never seen: light\n')
  })

  test('lists the properties, and runs those that are named', async () => {
    expect(await run([small, well], '--list')).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/^small +numbers are small\nwell +all is well\n$/),
    })
    const { code } = await run([small, well], '--property', 'well', '--minutes', '0.001')
    expect(code).toBe(0)
  })

  test.for([
    ['--property', 'none'],
    ['--minutes', 'x'],
    ['--seed', '1.5'],
    ['--path', '3'],
    ['--property', 'well', '--path', '3'],
    ['--fast'],
    ['well'],
  ])('%s %s is told to be wrong, with exit code 2', async (argv) => {
    const { code, said } = await run([well], ...argv)
    expect(code).toBe(2)
    expect(said).toContain('npm run fuzz -- [--minutes N]')
  })
})

describe('in vitest', () => {
  test('a property that fails says how to have it again, one that is blind what it missed', async () => {
    await expect(holds(small)).rejects.toThrow(
      /again: npm run fuzz -- --property small --seed \d+ --path \d+/,
    )
    await expect(holds(blind)).rejects.toThrow('blind never saw light')
    await expect(holds(well)).resolves.toBeUndefined()
  })
})
