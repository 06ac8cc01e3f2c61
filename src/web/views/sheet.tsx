/**
 * A sheet over the page, from the bottom on a phone: the browser's own dialog, with what it does for keys and readers.
 * A tap beside it closes it, as Escape does.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

type Shown = { title: string; onClose: () => void; children: ComponentChildren }

export function Sheet({ title, onClose, children }: Shown) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current!
    element.showModal()
    const onTap = ({ target, clientX, clientY }: MouseEvent): void => {
      const { left, right, top, bottom } = element.getBoundingClientRect()
      const isInside = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom
      // Its backdrop is the dialog too, and a key that presses a button taps at no place.
      if (target === element && !isInside) element.close()
    }
    element.addEventListener('click', onTap)
    return () => element.removeEventListener('click', onTap)
  }, [])
  return (
    <dialog ref={dialog} class="sheet" aria-label={title} onClose={onClose}>
      <div class="sheet-bar">
        <h2>{title}</h2>
        <button type="button" class="plain" aria-label="Close" onClick={() => dialog.current?.close()}>
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      {children}
    </dialog>
  )
}
