/** One command of a button: under way, done, or refused with a reason that is shown beside it. */
import { useRef, useState } from 'preact/hooks'
import { problemText } from '../../state/problem-text.ts'
import { NOT_REACHED, useOverdue } from './use-overdue.ts'

type State = { isBusy: boolean; problem: string | null }

/**
 * @param act is given a key that stays the same until it has succeeded: what is tapped again after a lost answer is
 * done once
 * @param content what it says; another content is another command
 */
export function useCommand(
  act: (idempotencyKey: string) => Promise<void>,
  content = '',
): [run: () => void, state: State] {
  const [state, setState] = useState<State>({ isBusy: false, problem: null })
  const isOverdue = useOverdue(state.isBusy)
  const last = useRef<{ key: string; content: string } | null>(null)
  const run = async (): Promise<void> => {
    if (last.current?.content !== content) last.current = { key: crypto.randomUUID(), content }
    setState({ isBusy: true, problem: null })
    try {
      await act(last.current.key)
      last.current = null
      setState({ isBusy: false, problem: null })
    } catch (error) {
      setState({ isBusy: false, problem: problemText(error) })
    }
  }
  return [() => void run(), isOverdue ? { ...state, problem: `This ${NOT_REACHED}.` } : state]
}
