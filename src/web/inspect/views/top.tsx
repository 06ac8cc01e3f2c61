/** The bar on top of every view: the way back, what it is about, and what else there is. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

export function Top({
  title,
  back,
  children,
}: {
  title: string
  back: string
  children?: ComponentChildren
}) {
  useEffect(() => {
    document.title = `${title} · inspector`
  }, [title])
  return (
    <header class="bar">
      <a class="button plain" href={back}>
        <span aria-hidden="true">‹</span>
        <span class="unseen">Back</span>
      </a>
      <h1>{title}</h1>
      {children}
    </header>
  )
}
