/** Code as coloured pieces, for the languages that operators read. Loaded when the first code is shown. */
import bash from 'highlight.js/lib/languages/bash'
import diff from 'highlight.js/lib/languages/diff'
import dockerfile from 'highlight.js/lib/languages/dockerfile'
import go from 'highlight.js/lib/languages/go'
import ini from 'highlight.js/lib/languages/ini'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import nginx from 'highlight.js/lib/languages/nginx'
import python from 'highlight.js/lib/languages/python'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import { createLowlight } from 'lowlight'

const lowlight = createLowlight({
  ...{ bash, diff, dockerfile, go, ini, javascript, json, nginx, python, sql, typescript, xml, yaml },
})
lowlight.registerAlias({ bash: ['shell', 'console', 'shellsession'], ini: ['systemd', 'conf', 'properties'] })

/** A piece of code: text, or pieces of one kind. `name` is a class of the stylesheet. */
export type CodePiece = string | { name: string; pieces: CodePiece[] }

type Node = ReturnType<typeof lowlight.highlight>['children'][number]

/** @returns null for a language that is not known here */
export function highlight(code: string, language: string): CodePiece[] | null {
  if (!lowlight.registered(language)) return null
  return lowlight.highlight(language, code, { prefix: '' }).children.flatMap(pieceOf)
}

function pieceOf(node: Node): CodePiece[] {
  if (node.type === 'text') return [node.value]
  if (node.type !== 'element') return []
  const { className } = node.properties
  const name = Array.isArray(className) ? `hl-${className[0]}` : ''
  return [{ name, pieces: node.children.flatMap(pieceOf) }]
}
