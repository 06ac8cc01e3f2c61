/** Where a program is, as execvp(3) would find it. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

/**
 * @param name a name to look up, or a path
 * @param path directories as in PATH
 * @returns null when it is nowhere, or not executable
 */
export function findProgram(name: string, path: string): string | null {
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : resolve(name)]
    : path.split(delimiter).map((dir) => join(dir || '.', name))
  return candidates.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
