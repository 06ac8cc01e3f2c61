/** A drawing as a file that stands alone: with the page's own styles and colours, light and dark. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ComponentChild, type ComponentChildren, isValidElement } from 'preact'

const STYLES = resolve(import.meta.dirname, '../../../src/web/styles')

/** What comes behind it is of no use to a picture. */
const MOVING = '@media (prefers-reduced-motion'

export const writeSvg = (drawing: ComponentChild): string =>
  `${write(drawing, `<style>${styles()}</style>`)}\n`

function styles(): string {
  const base = readFileSync(resolve(STYLES, 'base.css'), 'utf8')
  const [chart = ''] = readFileSync(resolve(STYLES, 'inspect-chart.css'), 'utf8').split(MOVING)
  const tokens = [...base.matchAll(/(--[\w-]+): light-dark\((.+?), (.+?)\);/g)].filter(([, name]) =>
    chart.includes(`var(${name})`),
  )
  const light = tokens.map(([, name, light]) => `${name}:${light}`).join(';')
  const dark = tokens.map(([, name, , dark]) => `${name}:${dark}`).join(';')
  const rules = chart
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return `:root{${light}}@media (prefers-color-scheme: dark){:root{${dark}}}${rules}`
}

function write(node: ComponentChild, first = ''): string {
  if (!isValidElement(node)) return typeof node === 'string' ? escapeText(node) : ''
  const { children, ...attributes } = node.props as { children?: ComponentChildren }
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeText(String(value))}"`)
  const inner = [children].flat(Infinity).map((child) => write(child as ComponentChild))
  return `<${node.type}${written.join('')}>${first}${inner.join('')}</${node.type}>`
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
