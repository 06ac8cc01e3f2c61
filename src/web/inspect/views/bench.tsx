/**
 * What is laid out around a chosen step: on a phone one panel at a time, chosen by tabs; at a desk all of them side by side.
 */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

type Panel = { name: string; content: ComponentChildren }

type Shown = {
  panels: readonly Panel[]
  /** What stands above them: what it is that is looked at. */
  children: ComponentChildren
}

export function Bench({ panels, children }: Shown) {
  const [shown, show] = useState(panels[0]!.name)
  return (
    <div class="bench">
      <section class="setting" aria-label="What is looked at">
        {children}
      </section>
      <nav class="tabs" aria-label="Panels">
        {panels.map(({ name }) => (
          <button
            key={name}
            type="button"
            class="plain"
            aria-pressed={name === shown}
            onClick={() => show(name)}
          >
            {name}
          </button>
        ))}
      </nav>
      <main class="panels">
        {panels.map(({ name, content }) => (
          <section
            key={name}
            class="panel"
            data-panel={name.toLowerCase()}
            data-shown={name === shown}
            aria-label={name}
          >
            <h2>{name}</h2>
            {content}
          </section>
        ))}
      </main>
    </div>
  )
}
