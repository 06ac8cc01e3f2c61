import { expect, it } from 'vitest'
import { subCommands } from '../../../src/web/state/sub-commands.ts'

const read = (command: string) =>
  subCommands(command)?.map(({ operator, text }) => `${operator} ${text}`.trim())

it.each([
  ['cd /srv && git pull; make | tail -n 3', ['cd /srv', '&& git pull', '; make', '| tail -n 3']],
  ['a || b & c |& d', ['a', '|| b', '& c', '|& d']],
  ['a\nb\n\nc', ['a', '; b', '; c']],
  ['a 2>&1 | b &>out; c <&3', ['a 2>&1', '| b &>out', '; c <&3']],
  [`echo "a; b" 'c && d' && e\\;f`, [`echo "a; b" 'c && d'`, '&& e\\;f']],
  ['x=$(a; b) && (c; d) || { e; f; }', ['x=$(a; b)', '&& (c; d)', '|| { e; f; }']],
  ['echo "$(a "b;c" | d)" ; `e;f`', ['echo "$(a "b;c" | d)"', '; `e;f`']],
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: a shell has them too
  ['echo ${a:-;} ; b', ['echo ${a:-;}', '; b']],
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: a shell has them too
  ['a # b; c\nd', ['a # b; c', '; d']],
  ['a#b; c', ['a#b', '; c']],
  ['a; b;', ['a', '; b']],
])('takes %s apart', (command, parts) => {
  expect(read(command)).toEqual(parts)
})

it.each([
  ['df -h', 'one command'],
  ['', 'nothing'],
  ['cat <<E | sh\na; b\nE', 'a document'],
  ['echo "a; b', 'a quote without an end'],
  ['echo $(a; b', 'a bracket without an end'],
])('leaves %j alone: %s', (command) => {
  expect(subCommands(command)).toBeNull()
})

it('leaves nothing out: the parts are the text without what stands between them', () => {
  const command = `cd "/a b" && rm -rf -- 'x;y' | tee log; echo "$(date; id)" || true`
  const whole = subCommands(command)!.map(({ text }) => text)
  let at = 0
  for (const part of whole) {
    const found = command.indexOf(part, at)
    expect(command.slice(at, found)).toMatch(/^[\s;&|]*$/)
    at = found + part.length
  }
  expect(command.slice(at)).toBe('')
})
