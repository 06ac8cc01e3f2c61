/**
 * What `always` would take up, in words: the suggestions are the agent's, in its own form, and can be wider than what it
 * asks. What is not known is shown as it is. Pure.
 */

type Json = Record<string, unknown>

export function ruleTexts(suggestions: readonly unknown[]): string[] {
  return suggestions.flatMap((suggestion) => textsOf(suggestion) ?? [JSON.stringify(suggestion)])
}

function textsOf(suggestion: unknown): string[] | null {
  if (!isObject(suggestion)) return null
  const { type, rules, mode, directories } = suggestion
  if (type === 'addRules' && Array.isArray(rules)) return rules.map(ruleText)
  if (type === 'setMode' && mode === 'acceptEdits') return ['Every edit of a file in the workspace']
  if (type === 'setMode' && mode === 'bypassPermissions') return ['Everything, whatever it is']
  if (type === 'addDirectories' && Array.isArray(directories))
    return directories.map((directory) => `Work in the folder ${directory} as well`)
  return null
}

function ruleText(rule: unknown): string {
  if (!isObject(rule) || typeof rule.toolName !== 'string') return JSON.stringify(rule)
  const { toolName, ruleContent } = rule
  if (typeof ruleContent !== 'string' || ruleContent === '' || ruleContent === '*')
    return `${toolName}, whatever it does`
  if (toolName !== 'Bash') return `${toolName}: ${ruleContent}`
  // Claude has both forms of a prefix.
  const [, start] = /^(.*?)(?::\*| \*)$/s.exec(ruleContent) ?? []
  if (start !== undefined) return `Bash: any command that begins with “${start}”`
  return ruleContent.includes('*')
    ? `Bash: any command like “${ruleContent}”`
    : `Bash: exactly “${ruleContent}”`
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
