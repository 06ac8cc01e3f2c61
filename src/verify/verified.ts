/** What came of looking at one log; `events` is null for what is none. `violations` is empty when all is well. */
export type Verified = { name: string; events: number | null; violations: string[] }

/** There is nothing to be verified: neither a data directory nor an export. One line. */
export class UnverifiableError extends Error {}
