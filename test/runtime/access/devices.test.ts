import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createDevices, type Devices } from '../../../src/runtime/access/devices.ts'
import { until } from '../../support/until.ts'
import { givenAccess } from './given.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function givenDevices() {
  const given = givenAccess()
  const expired: string[] = []
  const onExpired = ({ id }: { id: string }): void => void expired.push(id)
  const open = async (): Promise<Devices> => {
    const devices = createDevices({ ...given, onExpired }, await given.store.listDevices())
    onTestFinished(devices.close)
    return devices
  }
  const devices = await open()
  return {
    ...given,
    devices,
    expired,
    /** As the next server would. */
    reopen: open,
    /** Time goes by for the clock and for timers. */
    async pass(ms: number) {
      given.pass(ms)
      await vi.advanceTimersByTimeAsync(ms)
    },
  }
}

test('a device is recognised by its secret, and by nothing else', async () => {
  const { devices } = await givenDevices()
  const { device, secret } = await devices.add('phone')
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(devices.recognise(secret)).toMatchObject({ id: device.id, name: 'phone' })
  for (const other of ['', device.id, secret.slice(1), `${secret}A`, '__proto__'])
    expect(devices.recognise(other)).toBeNull()
})

test('the store knows no secret, and the next server knows the device', async () => {
  const { devices, store, reopen } = await givenDevices()
  const { secret } = await devices.add('phone')
  expect(JSON.stringify(await store.listDevices())).not.toContain(secret)
  expect((await reopen()).recognise(secret)).toMatchObject({ name: 'phone' })
})

test('devices are listed without their secrets, with what is to be known of them', async () => {
  const { devices, pass } = await givenDevices()
  await devices.add('phone')
  await pass(MINUTE_MS)
  await devices.add('phone')
  expect(devices.list()).toEqual([
    {
      ...{ id: 'id-1', name: 'phone', createdAt: '2026-11-22T12:00:00.000Z' },
      ...{ lastSeenAt: '2026-11-22T12:00:00.000Z', expiresAt: '2026-12-06T12:00:00.000Z' },
    },
    {
      ...{ id: 'id-2', name: 'phone 2', createdAt: '2026-11-22T12:01:00.000Z' },
      ...{ lastSeenAt: '2026-11-22T12:01:00.000Z', expiresAt: '2026-12-06T12:01:00.000Z' },
    },
  ])
})

test('two that come in at once get names of their own', async () => {
  const { devices } = await givenDevices()
  const added = await Promise.all([devices.add('phone'), devices.add('phone')])
  expect(added.map(({ device }) => device.name)).toEqual(['phone', 'phone 2'])
})

test('a device that is seen is so for two weeks more, on record once a minute', async () => {
  const { devices, store, pass } = await givenDevices()
  const { device, secret } = await devices.add('phone')
  const touch = vi.spyOn(store, 'touchDevice')
  await pass(MINUTE_MS - 1)
  devices.see(device.id)
  await pass(1)
  devices.recognise(secret)
  devices.see('nobody')
  expect(touch).not.toHaveBeenCalled()
  for (let i = 0; i < 3; i++) devices.see(device.id)
  expect(touch).toHaveBeenCalledTimes(1)
  const seen = { lastSeenAt: '2026-11-22T12:01:00.000Z', expiresAt: '2026-12-06T12:01:00.000Z' }
  expect(devices.list()).toMatchObject([seen])
  expect(await store.listDevices()).toMatchObject([{ lastSeenAt: seen.lastSeenAt }])
})

test('a device that was not seen for two weeks is out, on record too, and that is told once', async () => {
  const { devices, expired, fillDisk, store, pass } = await givenDevices()
  const { device, secret } = await devices.add('phone')
  fillDisk(true)
  for (let day = 0; day < 14; day++) await pass(DAY_MS)
  expect(expired).toEqual([])
  fillDisk(false)
  await pass(MINUTE_MS)
  expect(expired).toEqual([device.id])
  expect(devices.recognise(secret)).toBeNull()
  expect(devices.list()).toEqual([])
  expect(await store.listDevices()).toEqual([])
})

test('a device that expired while no server ran is not let in by the next one', async () => {
  const given = await givenDevices()
  const { secret } = await given.devices.add('phone')
  given.devices.close()
  await given.pass(14 * DAY_MS)
  expect((await given.reopen()).recognise(secret)).toBeNull()
})

test('a device is out after 90 days, however often it is seen', async () => {
  const { devices, pass } = await givenDevices()
  const { device, secret } = await devices.add('phone')
  const gone = vi.fn()
  devices.onGone(device.id, gone)
  for (let day = 0; day < 89; day++) {
    await pass(DAY_MS)
    devices.see(device.id)
    expect(devices.recognise(secret)).not.toBeNull()
  }
  await pass(DAY_MS - 1)
  expect(gone).not.toHaveBeenCalled()
  await pass(1)
  expect(gone).toHaveBeenCalledTimes(1)
  expect(devices.recognise(secret)).toBeNull()
})

test('a device that is attached is being seen all the time', async () => {
  const { devices, pass } = await givenDevices()
  const { device, secret } = await devices.add('phone')
  const forget = devices.onGone(device.id, () => {})
  await pass(20 * DAY_MS)
  expect(devices.recognise(secret)).not.toBeNull()
  forget()
  await pass(14 * DAY_MS)
  expect(devices.recognise(secret)).toBeNull()
})

test('a device that is revoked is out at once, and whoever wanted to know is told once', async () => {
  const { devices, store } = await givenDevices()
  const [phone, tablet] = [await devices.add('phone'), await devices.add('tablet')]
  const [gone, forgotten, other] = [vi.fn(), vi.fn(), vi.fn()]
  devices.onGone(phone.device.id, gone)
  devices.onGone(phone.device.id, forgotten)()
  devices.onGone(tablet.device.id, other)
  const revoked = devices.revoke(phone.device.id)
  expect(gone).toHaveBeenCalledTimes(1)
  expect(devices.recognise(phone.secret)).toBeNull()
  await revoked
  expect(await store.listDevices()).toMatchObject([{ id: tablet.device.id }])
  expect(devices.recognise(tablet.secret)).not.toBeNull()
  expect([gone, forgotten, other].map(({ mock }) => mock.calls.length)).toEqual([1, 0, 0])
  await expect(devices.revoke(phone.device.id)).rejects.toMatchObject({ code: 'device_not_found' })
})

test('all are revoked but one, or all', async () => {
  const { devices } = await givenDevices()
  const [a, b, c] = [await devices.add('a'), await devices.add('b'), await devices.add('c')]
  expect(await devices.revokeAllBut(b.device.id)).toBe(2)
  expect([a, b, c].map(({ secret }) => devices.recognise(secret)?.name)).toEqual([undefined, 'b', undefined])
  expect(await devices.revokeAllBut(null)).toBe(1)
  expect(devices.list()).toEqual([])
})

test('on a full disk a device is out all the same, and stays listed until that is on record', async () => {
  const { devices, fillDisk, store } = await givenDevices()
  const { device, secret } = await devices.add('phone')
  fillDisk(true)
  await expect(devices.revoke(device.id)).rejects.toMatchObject({ code: 'storage_full' })
  expect(devices.recognise(secret)).toBeNull()
  expect(devices.list()).toHaveLength(1)
  fillDisk(false)
  await devices.revoke(device.id)
  expect(devices.list()).toEqual([])
  expect(await store.listDevices()).toEqual([])
})

test('on a full disk nobody new comes in, and nobody is kept out', async () => {
  const { devices, fillDisk, faults, pass } = await givenDevices()
  const { device, secret } = await devices.add('phone')
  fillDisk(true)
  await expect(devices.add('tablet')).rejects.toMatchObject({ code: 'storage_full' })
  expect(devices.list()).toHaveLength(1)
  await pass(MINUTE_MS)
  devices.see(device.id)
  expect(devices.recognise(secret)).not.toBeNull()
  await until(() => expect(faults).toMatchObject([{ code: 'storage_full' }]))
})

test('there is a limit to how many there can be', async () => {
  const { devices } = await givenDevices()
  for (let i = 0; i < 50; i++) await devices.add('phone')
  await expect(devices.add('phone')).rejects.toMatchObject({ code: 'too_many_devices', status: 409 })
})
