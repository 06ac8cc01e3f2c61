import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mediaTypeOf } from '../../../src/runtime/files/media-type.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const SIGNATURES: [string, Buffer][] = [
  ['image/png', latin1('\x89PNG\r\n\x1a\n')],
  ['image/jpeg', latin1('\xff\xd8\xff')],
  ['image/gif', latin1('GIF87a')],
  ['image/gif', latin1('GIF89a')],
  ['image/webp', latin1('RIFF\x0a\x00\xff\x00WEBP')],
]

test.each(SIGNATURES)('%s is told by its first bytes, whatever follows', (mediaType, signature) => {
  fc.assert(
    fc.property(fc.uint8Array(), (rest) => {
      expect(mediaTypeOf(Buffer.concat([signature, rest]))).toBe(mediaType)
    }),
  )
})

test.each(SIGNATURES)('%s is not told by half of them', (_mediaType, signature) => {
  for (let length = 0; length < signature.length; length++)
    expect(mediaTypeOf(signature.subarray(0, length))).toBe('application/octet-stream')
})

test.each([
  ['a sound in a RIFF', 'RIFF\x0a\x00\x00\x00WAVE'],
  ['an SVG, which is a program', '<svg xmlns="http://www.w3.org/2000/svg">'],
  ['an image behind something', ' \x89PNG\r\n\x1a\n'],
  ['text', 'GIF90a'],
])('%s is no image', (_what, content) => {
  expect(mediaTypeOf(latin1(content))).toBe('application/octet-stream')
})
