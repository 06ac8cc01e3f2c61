/** A command as text whose short words stay in one piece: `--force` is not to be read as `-` and `-force`. */
import { visible } from '../../visible.ts'

const SHORT_CHARS = 28

export function Words({ text }: { text: string }) {
  return visible(text)
    .split(/(\s+)/)
    .map((part) =>
      part.includes('-') && part.length <= SHORT_CHARS ? <span class="word">{part}</span> : part,
    )
}
