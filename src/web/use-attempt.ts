/** Something that may fail and says why: one at a time. */
import { useState } from 'preact/hooks'
import { problemText } from './state/problem-text.ts'

export function useAttempt() {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setProblem('')
    try {
      await work()
    } catch (error) {
      setProblem(problemText(error))
    } finally {
      setBusy(false)
    }
  }
  return { attempt, isBusy, problem }
}
