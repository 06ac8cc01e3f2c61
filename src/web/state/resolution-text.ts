/** Who resolved an approval elsewhere, and how. Pure. */
import type { Resolution } from '../../client/index.ts'

/** @param resolution null: nobody can say */
export function resolutionText(
  tool: string,
  resolution: Pick<Resolution, 'decision' | 'by' | 'message'> | null,
): string {
  if (resolution === null) return `${tool} does not wait any more`
  const { decision, by, message } = resolution
  switch (by) {
    case 'deadline':
      return `Nobody answered in time: ${tool} was denied`
    case 'cancel':
      return `The turn was stopped: ${tool} was denied`
    case 'agent':
      return `The agent does not wait for ${tool} any more`
    case 'server':
      return `The server denied ${tool}: ${message}`
    default: {
      const who = by === 'token' ? 'A program or terminal' : by
      const why = decision === 'deny' && message !== '' ? `: ${message}` : ''
      return `${who} ${decision === 'allow' ? 'allowed' : 'denied'} ${tool}${why}`
    }
  }
}
