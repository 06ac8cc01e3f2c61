/** What is sent, with one thing wrong in it. */

/** A value with one of its parts, at any depth, replaced by any other value. */
export function replacePart(value: unknown, path: number[], by: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return by
  if (Array.isArray(value) && value.length > 0)
    return value.map((part, index) => (index === step % value.length ? replacePart(part, rest, by) : part))
  const entries = Object.entries(value)
  if (entries.length === 0) return by
  return Object.fromEntries(
    entries.map(([key, part], index) => [
      key,
      index === step % entries.length ? replacePart(part, rest, by) : part,
    ]),
  )
}
