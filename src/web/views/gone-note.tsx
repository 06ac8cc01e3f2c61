/** Why there is nothing more to come, in place of what the thumb would need. */
import type { Gone } from '../state/gone.ts'

const TEXTS: Record<Gone, string> = {
  deleted: 'This session is gone: it was deleted.',
  out: 'This device is out: it was revoked, or not seen for too long.',
  broken: 'The server sends what this page does not understand. Perhaps it is a newer one: reload.',
}

export function GoneNote({ why, base }: { why: Gone; base: string }) {
  return (
    <div class="dock" role="alert">
      <p>{TEXTS[why]}</p>
      {why === 'deleted' && <a href="#/">All sessions</a>}
      {why === 'out' && <a href={`${base}/pair`}>Pair it again</a>}
      {why === 'broken' && (
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
      )}
    </div>
  )
}
