/** Something that is folded away until somebody wants it. */
import type { ComponentChildren } from 'preact'
import { useFold } from './reading.ts'

type FoldProps = {
  name: string
  label: ComponentChildren
  /** Called when it is open. */
  children: () => ComponentChildren
}

export function Fold({ name, label, children }: FoldProps) {
  const [isOpen, set] = useFold(name)
  return (
    <div class="fold">
      <button
        type="button"
        class="fold-button plain"
        aria-expanded={isOpen > 0}
        onClick={() => set(isOpen > 0 ? 0 : 1)}
      >
        <span class="chevron" aria-hidden="true" />
        {label}
      </button>
      {isOpen > 0 && <div class="fold-inside">{children()}</div>}
    </div>
  )
}
