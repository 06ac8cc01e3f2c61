import { existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allowWorkspace, findWorkspace, makeWorkspace } from '../../src/runtime/workspace.ts'
import { tempDir } from './temp-dir.ts'

/** A root with a directory in it, beside a directory that is no root. */
function given() {
  const dir = tempDir()
  const paths = {
    dir,
    root: join(dir, 'root'),
    inside: join(dir, 'root', 'in'),
    outside: join(dir, 'root-2', 'out'),
  }
  for (const path of [paths.inside, paths.outside]) mkdirSync(path, { recursive: true })
  return paths
}

const refused = (wanted: string, roots: string[]): void =>
  expect(() => allowWorkspace(wanted, roots), wanted).toThrow(
    expect.objectContaining({ code: 'workspace_not_allowed' }),
  )

test('a directory below a root is allowed, and the root itself', () => {
  const { root, inside } = given()
  expect(allowWorkspace(inside, ['/nowhere', root])).toBe(inside)
  expect(allowWorkspace(root, [root])).toBe(root)
  expect(allowWorkspace(`${inside}/`, [`${root}/`])).toBe(inside)
})

test('what lies outside is refused, though its name begins with a root’s', () => {
  const { dir, root, outside } = given()
  for (const wanted of [outside, dir, '/', join(dir, 'root-2')]) refused(wanted, [root])
})

test('no way up leads out of a root', () => {
  const { root, outside } = given()
  refused(`${root}/in/../../root-2/out`, [root])
  refused(`${root}/..`, [root])
  expect(allowWorkspace(`${outside}/../../root/in`, [root])).toBe(join(root, 'in'))
})

test('no link leads out of a root, and one that leads into it is followed', () => {
  const { dir, root, inside, outside } = given()
  symlinkSync(outside, join(root, 'link'))
  refused(join(root, 'link'), [root])
  mkdirSync(join(outside, 'deeper'))
  refused(join(root, 'link', 'deeper'), [root])
  symlinkSync(inside, join(dir, 'way-in'))
  expect(allowWorkspace(join(dir, 'way-in'), [root])).toBe(inside)
})

test('a root may be a link itself', () => {
  const { dir, root, inside } = given()
  symlinkSync(root, join(dir, 'linked-root'))
  expect(allowWorkspace(join(dir, 'linked-root', 'in'), [join(dir, 'linked-root')])).toBe(inside)
})

test('a directory whose name begins with two dots is a directory like any other', () => {
  const { root } = given()
  mkdirSync(join(root, '..in'))
  expect(allowWorkspace(join(root, '..in'), [root])).toBe(join(root, '..in'))
})

test('relative paths, files, dangling links and what is not there are refused', () => {
  const { root } = given()
  writeFileSync(join(root, 'file'), '')
  symlinkSync('/nowhere', join(root, 'dangling'))
  for (const wanted of ['in', './in', '', '.', '..', '~']) refused(wanted, [root, process.cwd()])
  for (const name of ['file', 'dangling', 'missing', 'in\0']) refused(join(root, name), [root])
})

test('without roots, and with roots that are not there, nothing is allowed', () => {
  const { root, inside } = given()
  refused(inside, [])
  refused(inside, [join(root, 'missing')])
})

const own = (workspace: string) => ({ workspace, ownsWorkspace: true })
const theirs = (workspace: string) => ({ workspace, ownsWorkspace: false })

test('a workspace is found where it was allowed, and nowhere else', () => {
  const { root, inside, outside } = given()
  expect(findWorkspace(theirs(inside), [root])).toBe(inside)
  renameSync(inside, join(root, 'moved'))
  expect(findWorkspace(theirs(inside), [root])).toBeNull()
  for (const target of [outside, join(root, 'moved')]) {
    symlinkSync(target, inside)
    expect(findWorkspace(theirs(inside), [root]), target).toBeNull()
    rmSync(inside)
  }
  mkdirSync(inside)
  expect(findWorkspace(theirs(inside), [root])).toBe(inside)
  expect(findWorkspace(theirs(inside), [outside])).toBeNull()
})

test('one of the server’s own is found behind a link to its data directory, and never is one itself', () => {
  const { dir, root, inside, outside } = given()
  symlinkSync(root, join(dir, 'data'))
  expect(findWorkspace(own(join(dir, 'data', 'in')), [])).toBe(inside)
  symlinkSync(outside, join(root, 'link'))
  expect(findWorkspace(own(join(root, 'link')), [root])).toBeNull()
})

test('one of the server’s own that is gone is made again, for its owner alone; another is not', () => {
  const { root, inside, outside } = given()
  for (const path of [inside, outside]) rmSync(path, { recursive: true })
  expect(findWorkspace(own(inside), [])).toBeNull()
  expect(makeWorkspace(own(inside), [])).toBe(inside)
  expect(statSync(inside).mode & 0o777).toBe(0o700)
  expect(makeWorkspace(theirs(outside), [root])).toBeNull()
  symlinkSync(outside, join(root, 'dangling'))
  expect(makeWorkspace(own(join(root, 'dangling')), [])).toBeNull()
  expect(existsSync(outside)).toBe(false)
})
