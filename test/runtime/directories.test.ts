import { expect, test } from 'vitest'
import { createDirectories } from '../../src/runtime/directories.ts'

const directories = createDirectories('/data')

test('all that a session owns lies below its own directory, but its workspace', () => {
  expect(directories.session('ID')).toBe('/data/sessions/ID')
  expect(directories.agentState('ID')).toBe('/data/sessions/ID/state')
  expect(directories.runs('ID')).toBe('/data/sessions/ID/runs')
  expect(directories.workspace('ID')).toBe(`${directories.workspaces}/ID`)
})

test('each run has a directory of its own among the runs of its session', () => {
  expect(directories.run('ID', '12.0.nonce')).toBe('/data/sessions/ID/runs/12.0.nonce')
})
