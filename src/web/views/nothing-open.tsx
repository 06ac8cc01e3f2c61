/** What stands beside the list while no session is open. */
import { useEffect } from 'preact/hooks'

export function NothingOpen() {
  useEffect(() => {
    document.title = 'breakglass'
  }, [])
  return (
    <main class="screen nothing-open">
      <p class="quiet">Choose a session, or open a new one.</p>
    </main>
  )
}
