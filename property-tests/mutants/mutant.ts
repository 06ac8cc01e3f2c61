/** A bug that is put into the project on purpose, to see that a property finds it. */
export type Mutant = {
  /** What is wrong with it. */
  bug: string
  file: string
  /** Stands in the file exactly once. */
  old: string
  new: string
  /** The name of the property that must fail. */
  caughtBy: string
}

/** @throws when the text is not there, or more than once: the code went on without its mutant */
export function mutate(source: string, { bug, file, old, new: by }: Mutant): string {
  const places = source.split(old).length - 1
  if (places !== 1) throw new Error(`${bug}: what it changes is in ${file} ${places} times`)
  // Not a pattern: "$" is a sign like any other.
  return source.replace(old, () => by)
}
