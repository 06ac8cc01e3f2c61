/** Where an agent may work: a folder of the session's own, or one below a configured root. */
import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import { CodedError } from './errors.ts'

/**
 * @param wanted an absolute path to an existing directory
 * @param roots existing directories
 * @returns the real path, which `findWorkspace` holds it to later
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

/** What is on record of a session's workspace. */
type Workspace = { workspace: string; ownsWorkspace: boolean }

/**
 * Where the workspace is. Agents work in it, and those of others in the directories on the way to it: a link that was put
 * there since it was allowed leads to wherever its maker likes.
 * @param roots existing directories
 * @returns its real path; null when it is gone, leads elsewhere, or is below no root any more
 */
export function findWorkspace(
  { workspace, ownsWorkspace }: Workspace,
  roots: readonly string[],
): string | null {
  const real = realPathOf(workspace)
  if (real === null) return null
  // The way to the server's own is its operator's, who may have moved the data directory and left a link.
  if (ownsWorkspace) return lstatSync(workspace).isDirectory() ? real : null
  return real === workspace && roots.some((root) => isBelow(real, realPathOf(root))) ? real : null
}

/** The same; one of the server's own that an agent has deleted is made again. */
export function makeWorkspace(of: Workspace, roots: readonly string[]): string | null {
  if (of.ownsWorkspace && !lstatSync(of.workspace, { throwIfNoEntry: false }))
    mkdirSync(of.workspace, { recursive: true, mode: 0o700 })
  return findWorkspace(of, roots)
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
