/** What a file is, by its first bytes: what a client says of it decides nothing. */

/** How many bytes it takes to tell. */
export const HEAD_BYTES = 12

/** The images that models take, each by its signature. https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern */
const SIGNATURES: [mediaType: string, pattern: RegExp][] = [
  // In hexadecimal.
  ['image/png', /^89504e470d0a1a0a/],
  ['image/jpeg', /^ffd8ff/],
  ['image/gif', /^47494638(37|39)61/],
  ['image/webp', /^52494646.{8}57454250/],
]

/** @param head the file's first bytes, `HEAD_BYTES` of them if it has as many */
export function mediaTypeOf(head: Uint8Array): string {
  const hex = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('hex')
  return SIGNATURES.find(([, pattern]) => pattern.test(hex))?.[0] ?? 'application/octet-stream'
}

export const isImage = (mediaType: string): boolean => mediaType.startsWith('image/')
