/** A block of code that can be taken along. */
import { Code } from './code.tsx'
import { CopyButton } from './copy-button.tsx'

/** @param isOpen it is still being written: it gets its colours when it is not */
export function CodeBlock({ text, language, isOpen }: { text: string; language: string; isOpen: boolean }) {
  return (
    <figure class="code">
      <figcaption>
        <span>{language}</span>
        <CopyButton text={text} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre tabIndex={0}>
        <Code text={text} language={isOpen ? '' : language} />
      </pre>
    </figure>
  )
}
