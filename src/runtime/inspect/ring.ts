/** The newest of what was told, already encoded: bounded, numbered from 0 for as long as it lives. */

export function createRing({ itemsMax, bytesMax }: { itemsMax: number; bytesMax: number }) {
  const items: string[] = []
  let chars = 0
  let nextSeq = 0
  return {
    get firstSeq(): number {
      return nextSeq - items.length
    },
    get nextSeq(): number {
      return nextSeq
    },
    /** The newest stays, however large. */
    add(item: string): void {
      items.push(item)
      nextSeq += 1
      chars += item.length
      while ((chars > bytesMax || items.length > itemsMax) && items.length > 1) chars -= items.shift()!.length
    },
    /** From `seq` on, as far as they are kept. */
    from(seq: number): string[] {
      return items.slice(Math.max(0, seq - (nextSeq - items.length)))
    },
  }
}
