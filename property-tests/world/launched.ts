/** What claude is started with, as it finds it: in its arguments, in its settings and on its stdin. */
import type { PermissionMode } from '../../src/machines/events.ts'
import type { Launch } from '../../src/runtime/agents/agent.ts'
import type { Launched } from '../checkers/history.ts'

/** In claude's own words. */
const MODES: Record<string, PermissionMode> = {
  ...{ default: 'ask', acceptEdits: 'acceptEdits', bypassPermissions: 'bypass' },
}

export function launchedWith({ argv, files, input }: Launch): Launched {
  const { permissions = {} } = JSON.parse(files['settings.json'] ?? '{}')
  const rules: string[] = permissions.allow ?? []
  return {
    permissionMode: MODES[argv[argv.indexOf('--permission-mode') + 1]!]!,
    allowed: rules.map((rule) => /^Bash\((.*)\)$/.exec(rule)?.[1] ?? rule),
    attachments: [...(input ?? '').matchAll(/- \S*\/(attachments\/\S+) \(/g)].map(([, path]) => path!),
  }
}
