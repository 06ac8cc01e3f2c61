/**
 * Every limit of the client, with its unit in its name. Owns numbers only; the options that override
 * some of them are described where they are accepted.
 */

/** Three of the server's default keepalives (15 s): one may be late, one may be lost. */
export const idleTimeoutMsDefault = 45_000

/** The most bytes one SSE frame may take before its end; far above what a server sends. */
export const frameBytesMaxDefault = 64 * 1024 * 1024

/** The first wait between two connections is at most this; each further one may be twice as long. */
export const waitMsFirst = 1_000

/** No wait between two connections is longer, whatever the server asks for. */
export const waitMsMax = 30_000

/** A connection that lasted this long was a good one, even if no event came over it. */
export const steadyMs = 5_000

/** How much of an error's body is read. */
export const problemBytesMax = 64 * 1024

/** From sending a request of the JSON routes to the end of its answer. */
export const requestTimeoutMsDefault = 30_000

/** The same for files, which a slow line may take long to carry: as long as the server waits for them. */
export const uploadTimeoutMs = 600_000

/** The most bytes an answer of the JSON routes may have. */
export const answerBytesMax = 64 * 1024 * 1024

/** setTimeout fires at once when told to wait longer than this. */
export const timerMsMax = 2 ** 31 - 1
