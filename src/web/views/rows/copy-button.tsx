/** Takes a text along. What is taken is what is shown. */
import { useEffect, useState } from 'preact/hooks'

/** How long it says that it has. */
const SAID_MS = 1_500

export function CopyButton({ text }: { text: string }) {
  const [said, say] = useState<'Copied' | 'Not allowed' | null>(null)
  useEffect(() => {
    if (said === null) return
    const timer = setTimeout(() => say(null), SAID_MS)
    return () => clearTimeout(timer)
  }, [said])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      say('Copied')
    } catch {
      say('Not allowed')
    }
  }
  return (
    <button type="button" class="copy plain" onClick={copy}>
      {said ?? 'Copy'}
    </button>
  )
}
