/** Offers the page that the server has by now, in place of the one that is open. */
import { loadNewer } from '../page-version.ts'
import { useStore } from '../use-store.ts'
import type { Web } from '../web.ts'

export function NewerNote({ web: { version } }: { web: Web }) {
  if (!useStore(version.store, ({ isOld }) => isOld)) return null
  return (
    <aside class="newer" aria-label="A newer page">
      <span>The server has a newer page.</span>
      <button type="button" onClick={() => void loadNewer()}>
        Load it
      </button>
    </aside>
  )
}
