/** Which media type a client wants: a stream only when it asks for one by name, everything else gets an answer that ends. */

/** @returns null when it takes neither */
export function wantedType(accept = '*/*'): 'stream' | 'json' | null {
  const types = accept
    .split(',')
    // A quality of zero means: not this one.
    .filter((part) => !/;\s*q=0(\.0*)?\s*(;|$)/i.test(part))
    .map((part) => part.split(';')[0]!.trim().toLowerCase())
  if (types.includes('text/event-stream')) return 'stream'
  return types.some((type) => ['application/json', 'application/*', '*/*'].includes(type)) ? 'json' : null
}
