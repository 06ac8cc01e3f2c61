/** What a server is started with so that the real CLI works against the scripted model API, and asks nobody else. */
import { existsSync } from 'node:fs'
import { claudeBin } from './install.ts'

export const claudeEnvironment = (apiUrl: string): Record<string, string> => ({
  BREAKGLASS_CLAUDE_BIN: installed(claudeBin()),
  BREAKGLASS_AGENT_ENV: 'DISABLE_AUTOUPDATER,IS_SANDBOX',
  ANTHROPIC_BASE_URL: apiUrl,
  ANTHROPIC_API_KEY: 'dummy',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  // As root, the CLI refuses to work without asking unless it is told that it is in a sandbox.
  IS_SANDBOX: '1',
})

/** Without it, each test would wait for what never comes. */
function installed(bin: string): string {
  if (!existsSync(bin)) throw new Error('The real claude CLI is not installed: npm run test:agents does that')
  return bin
}
