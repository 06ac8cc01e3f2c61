/** A text that is as high as what is in it, until its style says that it is high enough. */
import type { TextareaHTMLAttributes } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

export function GrowingText(props: TextareaHTMLAttributes & { value: string }) {
  const box = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const { style } = box.current!
    style.height = 'auto'
    const { scrollHeight } = box.current!
    // Not shown yet: nothing is known of it.
    if (scrollHeight > 0) style.height = `${scrollHeight + 2}px`
  }, [props.value])
  return <textarea rows={1} {...props} ref={box} />
}
