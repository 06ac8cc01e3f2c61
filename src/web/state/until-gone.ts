/** Follows a stream until it is over for good, and then keeps no more on this device than it may. */
import { type Gone, whyGone } from './gone.ts'

export type Ending = {
  /** Aborted: nobody looks any more. */
  signal: AbortSignal
  onGone(why: Gone): unknown
  /** This device is out. */
  leave(): Promise<unknown>
}

/** @param follow rejects when what it follows does not come back */
export async function untilGone(follow: () => Promise<void>, ending: Ending): Promise<void> {
  try {
    await follow()
  } catch (error) {
    if (ending.signal.aborted) return
    const why = whyGone(error)
    await ending.onGone(why)
    if (why === 'out') await ending.leave()
  }
}
