/** What a view asks the server once, until there is an answer: a page that was opened in a tunnel has it behind it. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { createRounds } from '../client/rounds.ts'
import { followPageLife } from './state/page-life.ts'
import { askPatiently } from './state/patiently.ts'
import { problemText } from './state/problem-text.ts'

type Asked<T> = {
  /** Null: there is none yet. */
  answer: T | null
  /** Why it will not come by itself. */
  problem: string
  /** Whether nobody has answered, and it is tried again. */
  isWaiting: boolean
}

/**
 * @param ask the same function for the same question
 * @returns the newest answer, and how to ask anew; it is asked anew whenever the page comes back as well
 */
export function useAnswer<T>(ask: () => Promise<T>): [Asked<T>, again: () => void] {
  const [asked, setAsked] = useState<Asked<T>>({ answer: null, problem: '', isWaiting: false })
  const again = useRef(() => {})
  useEffect(() => {
    let rounds = createRounds(undefined)
    const run = async (): Promise<void> => {
      rounds.stop()
      const own = createRounds(undefined)
      rounds = own
      const tell = (change: Partial<Asked<T>>): void => {
        if (!own.stopped) setAsked((before) => ({ ...before, problem: '', isWaiting: false, ...change }))
      }
      try {
        const answer = await askPatiently(ask, own, () => tell({ isWaiting: true }))
        if (answer !== null) tell({ answer })
      } catch (error) {
        tell({ problem: problemText(error) })
      }
    }
    again.current = () => void run()
    void run()
    const unfollow = followPageLife({ onBack: again.current })
    return () => {
      unfollow()
      rounds.stop()
    }
  }, [ask])
  return [asked, () => again.current()]
}
