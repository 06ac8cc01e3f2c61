import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { watchVolume } from '../../../src/runtime/process/volume.ts'
import { tempDir } from '../temp-dir.ts'

const listener = () => ({ outputBytesMax: 10, onHeard: vi.fn(), onOverflow: vi.fn() })

test('what an agent says is heard, on stdout and stderr, and too much of it is told once', () => {
  const dir = tempDir()
  const { onHeard, onOverflow, outputBytesMax } = listener()
  const volume = watchVolume(dir, { onHeard, onOverflow, outputBytesMax })
  volume.check()
  expect(onHeard).not.toHaveBeenCalled()
  writeFileSync(join(dir, 'out'), '12345')
  volume.check()
  writeFileSync(join(dir, 'err'), '123456')
  volume.check()
  volume.check()
  expect(onHeard).toHaveBeenCalledTimes(2)
  expect(onOverflow.mock.calls).toEqual([[11]])
})

test('what cannot be looked at is neither heard nor too much, and throws nothing into the timer', () => {
  const dir = tempDir()
  const { onHeard, onOverflow, outputBytesMax } = listener()
  const volume = watchVolume(dir, { onHeard, onOverflow, outputBytesMax })
  // ELOOP, which is not the same as not there.
  symlinkSync('out', join(dir, 'out'))
  expect(() => volume.check()).not.toThrow()
  expect(onHeard).not.toHaveBeenCalled()
  expect(onOverflow).not.toHaveBeenCalled()
})
