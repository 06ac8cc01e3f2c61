/** A view that is read from the top: a bar with the way back, and what it shows. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

export function Page({
  title,
  back,
  children,
}: {
  title: string
  back: string
  children: ComponentChildren
}) {
  useEffect(() => {
    document.title = `${title} · breakglass`
  }, [title])
  return (
    <div class="screen">
      <header class="bar">
        <a class="button plain" href={back}>
          <span aria-hidden="true">‹</span>
          <span class="unseen">Back</span>
        </a>
        <h1>{title}</h1>
      </header>
      <main class="page">{children}</main>
    </div>
  )
}
