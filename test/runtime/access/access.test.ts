import { expect, onTestFinished, test } from 'vitest'
import { openAccess } from '../../../src/runtime/access/access.ts'
import { givenAccess } from './given.ts'

async function open() {
  const given = givenAccess()
  const access = await openAccess(given)
  onTestFinished(access.close)
  const login = (code: string, name = '', address = '192.0.2.1') => access.login(code, { name, address })
  return { ...given, access, login }
}

test('a code lets in one device, which has the name that it asked for', async () => {
  const { access, login } = await open()
  const { code } = access.pair()
  const { device, secret } = await login(code, 'phone')
  expect(device).toMatchObject({ name: 'phone' })
  expect(access.devices.recognise(secret)).not.toBeNull()
  await expect(login(code, 'thief')).rejects.toMatchObject({ code: 'bad_code', status: 401 })
})

test('two who come with one code at once: one is in', async () => {
  const { access, login } = await open()
  const { code } = access.pair()
  const tries = await Promise.allSettled([login(code, 'a'), login(code, 'b')])
  expect(tries.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})

test('who guesses has to wait, all guesses at once included, and a right code then has to wait as well', async () => {
  const { access, login, pass } = await open()
  const { code } = access.pair()
  const guesses = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => login(`GUESS-${i}`, '')))
  const codes = guesses.map((guess) => guess.status === 'rejected' && guess.reason.code)
  expect(codes.slice(0, 6)).toEqual([...Array(5).fill('bad_code'), 'too_many_attempts'])
  expect(new Set(codes.slice(5))).toEqual(new Set(['too_many_attempts']))
  await expect(login(code, 'phone')).rejects.toMatchObject({ code: 'too_many_attempts' })
  pass(1_000)
  expect(await login(code, 'phone')).toMatchObject({ device: { name: 'phone' } })
})

test('whoever is in stays in while others guess, and a new code of theirs ends the wait', async () => {
  const { access, login } = await open()
  const { secret } = await login(access.pair().code, 'phone')
  for (let i = 0; i < 50; i++) await login('GUESS', '').catch(() => {})
  expect(access.devices.recognise(secret)).not.toBeNull()
  expect(await login(access.pair().code, 'tablet')).toMatchObject({ device: { name: 'tablet' } })
})

test('what failed is on record when the server stops', async () => {
  const { access, store } = await open()
  const stranger = { caller: 'nobody', deviceId: null, address: '192.0.2.1', target: null }
  for (let i = 0; i < 3; i++) void access.audit.record({ ...stranger, action: 'login', outcome: 'bad_code' })
  await access.close()
  expect(await store.readAudit(9, 9)).toMatchObject([
    { ...stranger, action: 'login', outcome: 'bad_code', count: 2 },
    { outcome: 'bad_code', count: 1 },
  ])
})
