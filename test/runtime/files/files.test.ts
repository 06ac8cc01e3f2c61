import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findAttached, readAttached } from '../../../src/runtime/files/attached.ts'
import { createFiles, type IncomingFile } from '../../../src/runtime/files/files.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { mountSmallDisk } from '../process/small-disk.ts'
import { tempDir } from '../temp-dir.ts'

type Content = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** Files that arrive one after the other. */
async function* arriving(...files: [name: string | undefined, content: Content][]) {
  for (const [name, content] of files) {
    const chunks = typeof content === 'string' ? [Buffer.from(content)] : content
    yield { name, content: chunks } as IncomingFile
  }
}

function open(workspace = tempDir(), ownsWorkspace = true) {
  let ids = 0
  const files = createFiles({
    ...{ sessionId: 'ID', workspace, ownsWorkspace, workspaceRoots: [workspace] },
    freshId: () => `${ids++}`,
  })
  const folder = join(workspace, 'attachments')
  return { workspace, folder, files, names: () => (existsSync(folder) ? readdirSync(folder).sort() : null) }
}

/** Where `entry` stands in the way. */
function blocked(entry: (folder: string, outside: string) => void) {
  const outside = tempDir()
  const opened = open()
  entry(opened.folder, outside)
  return { ...opened, outside }
}

test('files are stored for the owner alone, under their names, and said as they are', async () => {
  const { files, folder, names } = open()
  const png = Buffer.from('89504e470d0a1a0a00', 'hex')
  expect(
    await files.receive(arriving(['../a.txt', 'text'], ['shot', [png.subarray(0, 3), png.subarray(3)]])),
  ).toEqual([
    { name: 'a.txt', path: 'attachments/a.txt', bytes: 4, mediaType: 'application/octet-stream' },
    { name: 'shot', path: 'attachments/shot', bytes: 9, mediaType: 'image/png' },
  ])
  expect(names()).toEqual(['a.txt', 'shot'])
  expect(readFileSync(join(folder, 'shot'))).toEqual(png)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const name of names()!) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
})

test('no file takes the place of another, of a folder or of a link', async () => {
  const { files, folder, names } = open()
  const outside = join(tempDir(), 'target')
  const receive = async (name: string) => (await files.receive(arriving([name, name])))[0]!.name
  expect(await receive('a.txt')).toBe('a.txt')
  mkdirSync(join(folder, 'a-2.txt'))
  symlinkSync(outside, join(folder, 'a-3.txt'))
  expect(await receive('a.txt')).toBe('a-4.txt')
  expect(existsSync(outside)).toBe(false)
  const many = await Promise.all(Array.from({ length: 20 }, () => receive('b')))
  expect(new Set(many).size).toBe(20)
  expect(names()).toHaveLength(24)
})

test.each<[string, Parameters<typeof arriving>, object]>([
  ['nothing', [], { code: 'bad_request' }],
  ['a file without a name', [[undefined, 'x']], { code: 'bad_file_name' }],
  ['a file with a name of which nothing is left', [['..', 'x']], { code: 'bad_file_name' }],
  [
    'a good file before a bad one',
    [
      ['a', 'x'],
      ['', 'x'],
    ],
    { code: 'bad_file_name' },
  ],
  [
    'a file that is too large',
    [
      ['a', 'x'],
      ['b', large(1)],
    ],
    { code: 'file_too_large' },
  ],
  [
    'too many files',
    Array.from({ length: 11 }, () => ['a', 'x'] as [string, string]),
    { code: 'too_many_files' },
  ],
  [
    'a file that is cut',
    [
      ['a', 'x'],
      ['b', cut()],
    ],
    { message: 'cut' },
  ],
])('%s leaves nothing', async (_what, given, error) => {
  const { files, workspace } = open()
  await expect(files.receive(arriving(...given))).rejects.toMatchObject(error)
  expect(readdirSync(workspace)).toEqual([])
})

function* large(more: number): Generator<Uint8Array> {
  const chunk = Buffer.alloc(1024 * 1024)
  for (let bytes = 0; bytes < LIMITS.fileBytesMax; bytes += chunk.length) yield chunk
  yield Buffer.alloc(more)
}

async function* cut(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half')
  throw new Error('cut')
}

test('what is refused leaves what was there, and what arrives at the same time', async () => {
  const { files, names } = open()
  const held = Promise.withResolvers<void>()
  const slow = (async function* () {
    yield Buffer.from('1')
    await held.promise
    yield Buffer.from('2')
  })()
  const other = files.receive(arriving(['slow', slow]))
  await expect(files.receive(arriving(['b', cut()]))).rejects.toThrow('cut')
  expect(names()).toEqual(['.upload-ID.0'])
  held.resolve()
  await other
  await expect(files.receive(arriving(['b', cut()]))).rejects.toThrow('cut')
  expect(names()).toEqual(['slow'])
})

test('a full disk is told, and has nothing more on it than before', async ({ skip }) => {
  const disk = mountSmallDisk(skip)
  const { files, names } = open(disk.dir)
  await files.receive(arriving(['kept', 'x']))
  disk.fill(4)
  const content = [1, 2, 3, 4, 5, 6, 7, 8].map(() => Buffer.alloc(4096))
  const upload = () => files.receive(arriving(['small', 'x'], ['large', content]))
  await expect(upload()).rejects.toMatchObject({ code: 'storage_full' })
  expect(names()).toEqual(['kept'])
  disk.free()
  await upload()
  expect(names()).toEqual(['kept', 'large', 'small'])
})

test('a folder that is full takes no more', async () => {
  const { files, folder } = open()
  mkdirSync(folder)
  for (let i = 0; i < LIMITS.filesPerSessionMax - 1; i++) writeFileSync(join(folder, `${i}`), '')
  await files.receive(arriving(['last', '']))
  await expect(files.receive(arriving(['one more', '']))).rejects.toMatchObject({ code: 'too_many_files' })
})

test.each<[string, (folder: string, outside: string) => void]>([
  ['a link to a directory', (folder, outside) => symlinkSync(outside, folder)],
  ['a link to nowhere', (folder, outside) => symlinkSync(join(outside, 'gone'), folder)],
  ['a link to itself', (folder) => symlinkSync(folder, folder)],
  ['a file', (folder) => writeFileSync(folder, '')],
  ['a FIFO', (folder) => execFileSync('mkfifo', [folder])],
  [
    'a link in place of the workspace',
    (folder, outside) => {
      rmSync(join(folder, '..'), { recursive: true })
      symlinkSync(outside, join(folder, '..'))
    },
  ],
])('%s in place of the folder is refused, and nothing is written behind it', async (_what, entry) => {
  const { files, outside } = blocked(entry)
  await expect(files.receive(arriving(['a', 'x']))).rejects.toMatchObject({ code: 'attachments_unusable' })
  expect(readdirSync(outside).flatMap((name) => readdirSync(join(outside, name)))).toEqual([])
})

test('a link that is put there in the middle of an upload leads nowhere', async () => {
  const { files, folder, workspace } = open()
  const outside = tempDir()
  const swapped = (async function* () {
    yield Buffer.from('a')
    renameSync(folder, join(workspace, 'moved'))
    symlinkSync(outside, folder)
    yield Buffer.from('b')
  })()
  await files.receive(arriving(['x', swapped]))
  expect(readdirSync(outside)).toEqual([])
  expect(readFileSync(join(workspace, 'moved', 'x'), 'utf8')).toBe('ab')
})

test('a workspace of ours that was deleted is made again; one of the operator’s is not', async () => {
  const ours = open()
  rmSync(ours.workspace, { recursive: true })
  await ours.files.receive(arriving(['a', 'x']))
  expect(ours.names()).toEqual(['a'])
  const theirs = open(tempDir(), false)
  rmSync(theirs.workspace, { recursive: true })
  await expect(theirs.files.receive(arriving(['a', 'x']))).rejects.toMatchObject({
    code: 'attachments_unusable',
  })
})

test('an upload ends with its session, wherever it stands', async () => {
  const { files, workspace } = open()
  const ending = (async function* () {
    yield Buffer.from('a')
    files.end()
    rmSync(workspace, { recursive: true })
    yield Buffer.from('b')
  })()
  await expect(files.receive(arriving(['x', ending]))).rejects.toMatchObject({ code: 'session_deleted' })
  await expect(files.receive(arriving(['x', '']))).rejects.toMatchObject({ code: 'session_deleted' })
  expect(existsSync(workspace)).toBe(false)
})

test('what a server had not received whole is removed by the next, and nothing else', () => {
  const { folder, workspace, names } = open()
  mkdirSync(folder)
  for (const name of ['.upload-ID.1', '.upload-OTHER.1', 'a']) writeFileSync(join(folder, name), '')
  open(workspace)
  expect(names()).toEqual(['.upload-OTHER.1', 'a'])
})

test('attachments are found as they are, each once', async () => {
  const { files, workspace } = open()
  const received = await files.receive(arriving(['a.txt', 'text'], ['é.gif', 'GIF89a…']))
  const paths = received.map(({ path }) => path)
  expect(findAttached(workspace, [...paths, paths[0]!])).toEqual(received.map(({ name: _, ...file }) => file))
  expect(findAttached(workspace, [])).toEqual([])
})

test.each<[string, string, ((folder: string, outside: string) => void)?]>([
  ['a file that is not there', 'attachments/none'],
  ['the folder itself', 'attachments'],
  ['the folder itself, with a slash', 'attachments/'],
  ['a path out of it', 'attachments/../secret'],
  ['an absolute path', '/etc/passwd'],
  ['a path in another folder', 'other/a'],
  ['a name that is not clean', 'attachments/.hidden'],
  ['a name with a NUL', 'attachments/a\0'],
  ['half a character', 'attachments/\ud83d'],
  ['nothing', ''],
  ['a very long name', `attachments/${'x'.repeat(5_000)}`],
  ['a directory', 'attachments/a', (folder) => mkdirSync(join(folder, 'a'), { recursive: true })],
  ['a link to a file outside', 'attachments/a', link('secret')],
  ['a link to nowhere', 'attachments/a', link('gone')],
  ['a link to another attachment', 'attachments/a', link('../b')],
  [
    'a FIFO',
    'attachments/a',
    (folder) => {
      mkdirSync(folder)
      execFileSync('mkfifo', [join(folder, 'a')])
    },
  ],
  [
    'a file behind a link in place of the folder',
    'attachments/secret',
    (folder, outside) => symlinkSync(outside, folder),
  ],
])('%s is no attachment', (_what, path, entry) => {
  const { workspace } = blocked((folder, outside) => {
    writeFileSync(join(outside, 'secret'), 'secret')
    entry?.(folder, outside)
  })
  writeFileSync(join(workspace, 'secret'), 'secret')
  expect(() => findAttached(workspace, [path])).toThrow(
    expect.objectContaining({ code: 'attachment_not_found' }),
  )
})

function link(target: string) {
  return (folder: string, outside: string): void => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'b'), '')
    symlinkSync(join(outside, target), join(folder, 'a'))
  }
}

test('an attachment is read only while it is what it was', async () => {
  const { files, workspace, folder } = open()
  await files.receive(arriving(['a.gif', 'GIF89a…']))
  const [file] = findAttached(workspace, ['attachments/a.gif'])
  const read = (bytesMax = 100) => readAttached(workspace, file!, bytesMax)?.toString() ?? null
  expect(read()).toBe('GIF89a…')
  expect(read(8)).toBeNull()
  writeFileSync(join(folder, 'a.gif'), 'no image')
  expect(read()).toBeNull()
  rmSync(join(folder, 'a.gif'))
  expect(read()).toBeNull()
  writeFileSync(join(workspace, 'b'), 'GIF89a')
  symlinkSync(join(workspace, 'b'), join(folder, 'a.gif'))
  expect(read()).toBeNull()
  rmSync(join(folder, 'a.gif'))
  linkSync(join(workspace, 'b'), join(folder, 'a.gif'))
  expect(read()).toBe('GIF89a')
})
