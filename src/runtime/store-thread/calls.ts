/** What the server and its store's thread say to each other. */
import { CodedError, type ErrorName } from '../errors.ts'

/** The n-th call of one method of one store. Answered in the order in which they were made. */
export type Call = { call: number; store: 'sessions' | 'access'; method: string; args: readonly unknown[] }
/** The last that is said to it. */
export const CLOSE = 'close'

export type Answer = { call: number } & ({ value: unknown } | { failure: Failure })

/** An error as it travels: of its class a clone would keep nothing. */
type Failure = { code: ErrorName | null; message: string }

export const toFailure = (error: unknown): Failure => ({
  code: error instanceof CodedError ? error.code : null,
  message: error instanceof Error ? error.message : String(error),
})

export const fromFailure = ({ code, message }: Failure): Error =>
  code === null ? new Error(message) : new CodedError(code, message)
