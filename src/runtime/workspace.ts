/** Where an agent may work: a folder of the session's own, or one below a configured root. */
import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import { CodedError } from './errors.ts'

/**
 * @param wanted an absolute path to an existing directory
 * @param roots existing directories
 * @returns the real path, so that no link can lead out of a root later
 * @throws workspace_not_allowed
 */
export function allowWorkspace(wanted: string, roots: readonly string[]): string {
  if (!isAbsolute(wanted))
    throw new CodedError('workspace_not_allowed', 'The workspace must be an absolute path')
  const real = realPathOf(wanted)
  if (real === null || !roots.some((root) => isBelow(real, realPathOf(root))))
    throw new CodedError('workspace_not_allowed', `${wanted} is no directory below ${roots.join(' or ')}`)
  return real
}

function realPathOf(path: string): string | null {
  try {
    const real = realpathSync(path)
    return statSync(real).isDirectory() ? real : null
  } catch {
    return null
  }
}

function isBelow(path: string, root: string | null): boolean {
  if (root === null) return false
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
