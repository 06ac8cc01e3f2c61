/** Ways to cut bytes into what arrives at once: an arbitrary of functions, so that any bytes can be cut the same way. */
import fc from 'fast-check'

type Chunk = ((bytes: Uint8Array) => Uint8Array[]) & { [fc.toStringMethod](): string }

/** Chunks of these sizes, over and over; a size of 0 is an empty chunk. */
export const chunks: fc.Arbitrary<Chunk> = fc
  .array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 40 })
  .map((sizes) => {
    const chunk = (bytes: Uint8Array): Uint8Array[] => {
      const parts: Uint8Array[] = []
      for (let at = 0, index = 0; at < bytes.length; index++) {
        // At least one of all sizes must move on.
        const size = sizes[index % sizes.length]! || (index % sizes.length === 0 ? 1 : 0)
        parts.push(bytes.subarray(at, at + size))
        at += size
      }
      return parts
    }
    return Object.assign(chunk, { [fc.toStringMethod]: () => `chunks of ${sizes}` })
  })
