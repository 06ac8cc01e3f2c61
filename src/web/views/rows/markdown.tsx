/** Markdown as elements. Raw HTML in it is text, images are links, and links lead to the web alone. */
import type { MarkedToken, Token, Tokens } from 'marked'
import type { ComponentChild } from 'preact'
import { memo } from 'preact/compat'
import { useMemo, useRef } from 'preact/hooks'
import { type Blocks, readBlocks } from '../../transcript/blocks.ts'
import { webLink } from '../../transcript/web-link.ts'
import { visible } from '../../visible.ts'
import { CodeBlock } from './code-block.tsx'

/** What is nested deeper is shown as it was typed. */
const DEPTH_MAX = 16

export function Markdown({ text, isWriting = false }: { text: string; isWriting?: boolean }) {
  const before = useRef<Blocks | null>(null)
  const shown = useMemo(() => visible(text.replace(/\r\n?/g, '\n')), [text])
  const blocks = useMemo(() => readBlocks(shown, isWriting, before.current), [shown, isWriting])
  before.current = blocks
  if (blocks.tokens === null) return <pre class="plain-text">{shown}</pre>
  const last = blocks.tokens.length - 1
  return (
    <div class="markdown">
      {blocks.tokens.map((token, index) => (
        <Block key={index} token={token} isOpen={isWriting && index === last} />
      ))}
    </div>
  )
}

const Block = memo(({ token, isOpen }: { token: Token; isOpen: boolean }) => (
  <>{showBlock(token, isOpen, 0)}</>
))

function showBlock(token: Token, isOpen: boolean, depth: number): ComponentChild {
  if (depth > DEPTH_MAX) return token.raw
  const inside = (tokens: readonly Token[] | undefined): ComponentChild =>
    tokens?.map((child, index) => showBlock(child, isOpen && index === tokens.length - 1, depth + 1))
  const block = token as MarkedToken
  switch (block.type) {
    case 'space':
    case 'def':
      return null
    case 'heading':
      // Below the heading of whoever speaks, and none skipped: agents begin with whatever depth they like.
      return (
        <h3 class={`h${block.depth}`} dir="auto">
          {showInlines(block.tokens, depth)}
        </h3>
      )
    case 'paragraph':
      return <p dir="auto">{showInlines(block.tokens, depth)}</p>
    case 'text':
      return block.tokens === undefined ? block.text : <span>{showInlines(block.tokens, depth)}</span>
    case 'checkbox':
      return (
        <input
          type="checkbox"
          checked={block.checked}
          disabled
          aria-label={block.checked ? 'done' : 'to do'}
        />
      )
    case 'blockquote':
      return <blockquote>{inside(block.tokens)}</blockquote>
    case 'list': {
      const items = block.items.map((item, index) => (
        <li key={index} class={item.task ? 'task' : undefined}>
          {item.tokens.map((child, at) =>
            showBlock(
              child,
              isOpen && index === block.items.length - 1 && at === item.tokens.length - 1,
              depth + 1,
            ),
          )}
        </li>
      ))
      return block.ordered ? (
        <ol start={block.start || 1} dir="auto">
          {items}
        </ol>
      ) : (
        <ul dir="auto">{items}</ul>
      )
    }
    case 'code':
      return (
        <CodeBlock text={block.text} language={(block.lang ?? '').split(/[\s{:,]/)[0]!} isOpen={isOpen} />
      )
    case 'hr':
      return <hr />
    case 'table':
      return showTable(block, depth)
    case 'html':
      return <p dir="auto">{block.text}</p>
    default:
      return showInline(token, 0, depth)
  }
}

function showTable({ header, rows }: Tokens.Table, depth: number): ComponentChild {
  const cells = (row: Tokens.TableCell[], Cell: 'th' | 'td'): ComponentChild =>
    row.map(({ tokens, align }, index) => (
      <Cell key={index} class={align ?? undefined} dir="auto">
        {showInlines(tokens, depth)}
      </Cell>
    ))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="table" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>{cells(header, 'th')}</tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>{cells(row, 'td')}</tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const showInlines = (tokens: readonly Token[], depth: number): ComponentChild =>
  tokens.map((token, index) => showInline(token, index, depth + 1))

function showInline(token: Token, key: number, depth: number): ComponentChild {
  if (depth > DEPTH_MAX) return token.raw
  const inline = token as MarkedToken
  switch (inline.type) {
    case 'strong':
      return <strong key={key}>{showInlines(inline.tokens, depth)}</strong>
    case 'em':
      return <em key={key}>{showInlines(inline.tokens, depth)}</em>
    case 'del':
      return <del key={key}>{showInlines(inline.tokens, depth)}</del>
    case 'codespan':
      return <code key={key}>{inline.text}</code>
    case 'br':
      return <br key={key} />
    case 'link':
      return showLink(key, inline.href, showInlines(inline.tokens, depth), inline.raw)
    case 'image':
      return showLink(key, inline.href, inline.text || inline.href, inline.raw)
    case 'text':
    case 'escape':
      return inline.text
    case 'checkbox':
      return showBlock(inline, false, depth)
    default:
      return token.raw
  }
}

/** One that leads anywhere else is shown as it was typed. */
function showLink(key: number, href: string, label: ComponentChild, raw: string): ComponentChild {
  const address = webLink(href)
  if (address === null) return raw
  return (
    <a key={key} href={address} title={address} target="_blank" rel="noopener noreferrer">
      {label}
    </a>
  )
}
