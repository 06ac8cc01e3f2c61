/** Flags, variables and a config file, all of them anything: settings come of it, or one line that says what is wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { readSettings } from '../src/cli/settings.ts'
import { SETTINGS, SettingError } from '../src/cli/settings-table.ts'
import type { Property } from './runner/property.ts'

const names = Object.keys(SETTINGS)
const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())

/** What almost is a value, and what never was one. */
const value = fc.oneof(
  fc.constantFrom('0', '1', '80', '7433', '65536', '0.05', '1e3', '-1', ' 80', '0x50', '٣', 'NaN', ''),
  fc.constantFrom(
    'ask',
    'bypass',
    'kill',
    'report',
    'auto',
    'off',
    '/a:/b',
    'a:b',
    'A,B',
    'a b',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('a\nb', 'a\r\nb', '9'.repeat(400)),
)
/** In no message, wherever it was set. */
const SECRET = 'S3CRET'

/** The kernel ends an argument and a variable there. */
const argument = value.map((text) => text.replaceAll('\0', ''))

const flag = fc.oneof(
  fc.tuple(fc.constantFrom(...names, 'config'), argument).map(([name, text]) => [`--${name}=${text}`]),
  fc.tuple(fc.constantFrom(...names), argument).map(([name, text]) => [`--${name}`, text]),
  fc.constant([`--token=${SECRET}`]),
  argument.map((text) => [text]),
  // Not `--` itself: what follows it is no flag, and no secret.
  argument.map((text) => [`--x${text}`]),
)
const variables = fc.dictionary(fc.constantFrom(...Object.values(SETTINGS).map(({ env }) => env)), argument, {
  maxKeys: 4,
})
const config = fc.oneof(
  fc
    .dictionary(
      fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names.map(camelCase)) }, value),
      fc.oneof(value, fc.jsonValue()),
      { maxKeys: 4 },
    )
    .map((settings) => JSON.stringify(settings)),
  fc
    .constantFrom(SECRET, [SECRET], { a: SECRET })
    .chain((token) => fc.record({ token: fc.constant(token), port: value }, { noNullPrototype: true }))
    .map((settings) => JSON.stringify(settings)),
  fc.json(),
  value,
)
/** Either most of it is fine, so that what is not stands alone, or nothing is. */
const given = fc.record({
  args: fc.array(flag, { maxLength: 3 }).map((flags) => flags.flat()),
  variables: fc.oneof(fc.constant({}), variables),
  config: fc.oneof(fc.constant(null), config, config),
})

export const settingsRead: Property = {
  name: 'settings-read',
  title:
    'whatever is set, by flag, variable or file, settings come of it or one line that names what is wrong',
  runs: 1_000,
  open(tally) {
    const dir = mkdtempSync(join(tmpdir(), 'breakglass-settings-'))
    const path = join(dir, 'config.json')
    tally.sights = { read: 0, refused: 0 }
    const named = new RegExp(
      `^(BREAKGLASS_\\w+: ".*"|BREAKGLASS_TOKEN: what was given|${path}: .*|.* \\(see breakglass --help\\)$)`,
    )
    return {
      check: fc.property(given, ({ args, variables, config }) => {
        if (config !== null) writeFileSync(path, config)
        const env = {
          ...variables,
          ...(config === null ? { XDG_CONFIG_HOME: dir } : { BREAKGLASS_CONFIG: path }),
        }
        try {
          const settings = readSettings(args, env)
          tally.sights.read!++
          for (const setting of Object.values(settings)) expect(setting).not.toBeUndefined()
          expect(Number.isInteger(settings.port) && settings.port <= 65_535).toBe(true)
        } catch (error) {
          if (!(error instanceof SettingError)) throw error
          tally.sights.refused!++
          expect(error.message).toMatch(named)
          expect(error.message).not.toContain(SECRET)
          expect(error.message.split(/[\r\n\u2028\u2029]/)).toHaveLength(1)
        }
      }),
      close: async () => rmSync(dir, { recursive: true, force: true }),
    }
  },
}
