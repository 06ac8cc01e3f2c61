/**
 * What is laid out around a chosen step: on a phone one panel at a time, chosen by tabs; at a desk all of them side by
 * side, but for those that share a place.
 */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

type Panel = {
  name: string
  content: ComponentChildren
  /** The name of the panel whose place at a desk it shares. */
  beside?: string
}

type Shown = {
  panels: readonly Panel[]
  /** What stands above them: what it is that is looked at. */
  children: ComponentChildren
}

export function Bench({ panels, children }: Shown) {
  /** The newest first. */
  const [chosen, setChosen] = useState<readonly string[]>(panels.map(({ name }) => name))
  const choose = (name: string): void => setChosen([name, ...chosen.filter((each) => each !== name)])
  const newestOf = (some: readonly Panel[]): string | undefined =>
    chosen.find((name) => some.some((panel) => panel.name === name))
  const places = [...Map.groupBy(panels, ({ name, beside }) => beside ?? name)]
  return (
    <div class="bench">
      <section class="setting" aria-label="What is looked at">
        {children}
      </section>
      <Tabs label="Panels" panels={panels} shown={newestOf(panels)} onChoose={choose} />
      <main class="panels">
        {places.map(([place, some]) => (
          <div key={place} class="place-of-panels" data-place={place.toLowerCase()}>
            {some.length > 1 && (
              <Tabs label={`Panels at ${place}`} panels={some} shown={newestOf(some)} onChoose={choose} />
            )}
            {some.map(({ name, content }) => (
              <section
                key={name}
                class="panel"
                data-shown={name === newestOf(panels)}
                data-front={name === newestOf(some)}
                aria-label={name}
              >
                <h2>{name}</h2>
                {content}
              </section>
            ))}
          </div>
        ))}
      </main>
    </div>
  )
}

type Choice = {
  label: string
  panels: readonly Panel[]
  shown: string | undefined
  onChoose: (name: string) => void
}

const Tabs = ({ label, panels, shown, onChoose }: Choice) => (
  <nav class="tabs" aria-label={label}>
    {panels.map(({ name }) => (
      <button
        key={name}
        type="button"
        class="plain"
        aria-pressed={name === shown}
        onClick={() => onChoose(name)}
      >
        {name}
      </button>
    ))}
  </nav>
)
