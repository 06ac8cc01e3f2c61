/**
 * The devices that are paired: a session of the server's own for each, told by a secret in a cookie. Owns who is in,
 * until when, and who wants to know when one is out. How one comes in is pairing's.
 */
import { createHash, randomBytes } from 'node:crypto'
import { CodedError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { AccessStore, StoredDevice } from './access-store.ts'
import { nameDevice } from './device-name.ts'

export type Device = Omit<StoredDevice, 'secretHash'> & {
  /** When it is out by itself, if it is not seen until then. */
  expiresAt: string
}

export type DevicesDeps = {
  store: AccessStore
  now: () => Date
  freshId: () => string
  onFault: (error: unknown) => void
  /** One is out by itself, and that is on disk. */
  onExpired: (device: StoredDevice) => void
}

const SECRET_BYTES = 32
const SECRET = /^[\w-]{43}$/

/** Whether it could be one, before it costs a hash. */
export const isDeviceSecret = (text: string): boolean => SECRET.test(text)

/** One that cannot be removed is tried again, and again; and setTimeout takes no more than 24 days. */
const SWEEP_MS_MIN = 1_000
const SWEEP_MS_MAX = 24 * 60 * 60_000

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

const oldestEnd = ({ createdAt }: StoredDevice): number => Date.parse(createdAt) + LIMITS.deviceAgeMs
const endOf = (device: StoredDevice): number =>
  Math.min(oldestEnd(device), Date.parse(device.lastSeenAt) + LIMITS.deviceIdleMs)

const view = ({ secretHash: _, ...device }: StoredDevice, end: number): Device => ({
  ...device,
  expiresAt: new Date(end).toISOString(),
})

/** @param stored what the store holds */
export function createDevices(deps: DevicesDeps, stored: readonly StoredDevice[]) {
  const { store, now } = deps
  const byId = new Map(stored.map((device) => [device.id, device]))
  /** Those that may pass, by the hash of their secret. One that is being removed is not among them any more. */
  const byHash = new Map(stored.map((device) => [device.secretHash, device.id]))
  const listeners = new Map<string, Set<() => void>>()
  let timer: NodeJS.Timeout | undefined

  const hasEnded = (device: StoredDevice): boolean => endOf(device) <= now().getTime()

  /** In memory at once; on disk within the minute, or with the next time. */
  const see = (device: StoredDevice): void => {
    const at = now()
    if (at.getTime() - Date.parse(device.lastSeenAt) < LIMITS.deviceSeenMs) return
    const lastSeenAt = at.toISOString()
    byId.set(device.id, { ...device, lastSeenAt })
    store.touchDevice(device.id, lastSeenAt).catch(deps.onFault)
  }

  /** Out at once, whatever becomes of it on disk; until that is done it stays in the list, to be removed again. */
  const remove = async (devices: readonly StoredDevice[]): Promise<void> => {
    for (const { id, secretHash } of devices) {
      byHash.delete(secretHash)
      for (const listener of [...(listeners.get(id) ?? [])]) listener()
    }
    await store.removeDevices(devices.map(({ id }) => id))
    for (const { id } of devices) byId.delete(id)
  }

  /** Ends what has expired. A device that is attached is seen all the time, until it is too old. */
  const sweep = (): void => {
    const ended = [...byId.values()].filter(hasEnded)
    const isAttached = (device: StoredDevice): boolean =>
      listeners.has(device.id) && oldestEnd(device) > now().getTime()
    for (const device of ended.filter(isAttached)) see(device)
    const gone = ended.filter((device) => !isAttached(device))
    if (gone.length > 0) remove(gone).then(() => gone.forEach(deps.onExpired), deps.onFault)
    sweepLater()
  }

  const sweepLater = (): void => {
    clearTimeout(timer)
    const ends = [...byId.values()].map((device) => endOf(device) - now().getTime())
    if (ends.length === 0) return
    const waitMs = Math.min(SWEEP_MS_MAX, Math.max(SWEEP_MS_MIN, Math.min(...ends)))
    timer = setTimeout(sweep, waitMs).unref()
  }

  sweepLater()

  return {
    /** The oldest first. */
    list: (): Device[] => [...byId.values()].map((device) => view(device, endOf(device))),
    /**
     * Lets a device in. Fulfilled when it is durable.
     * @param given what it wants to be called
     * @returns it, and the secret that nobody but the device has from now on
     * @throws too_many_devices, storage_full, storage_failed
     */
    async add(given: string): Promise<{ device: Device; secret: string }> {
      if (byId.size >= LIMITS.devicesMax)
        throw new CodedError('too_many_devices', `${LIMITS.devicesMax} devices are paired: revoke one`)
      const secret = randomBytes(SECRET_BYTES).toString('base64url')
      const at = now().toISOString()
      const device: StoredDevice = {
        id: deps.freshId(),
        name: nameDevice(
          given,
          [...byId.values()].map(({ name }) => name),
        ),
        secretHash: hashOf(secret),
        createdAt: at,
        lastSeenAt: at,
      }
      // Before it is stored: another one must not get the same name meanwhile.
      byId.set(device.id, device)
      try {
        await store.addDevice(device)
      } catch (error) {
        byId.delete(device.id)
        throw error
      }
      byHash.set(device.secretHash, device.id)
      sweepLater()
      return { device: view(device, endOf(device)), secret }
    },
    /** The device whose secret this is; null when nobody's is. */
    recognise(secret: string): { id: string; name: string } | null {
      const device = byId.get(byHash.get(hashOf(secret)) ?? '')
      return device === undefined || hasEnded(device) ? null : device
    },
    /** Whether it may still pass. */
    isIn(id: string): boolean {
      const device = byId.get(id)
      return device !== undefined && byHash.has(device.secretHash) && !hasEnded(device)
    },
    /** Notes that it was there just now. */
    see(id: string): void {
      const device = byId.get(id)
      if (device !== undefined) see(device)
    },
    /**
     * Takes a device out. It is out at once; fulfilled when that is durable.
     * @throws device_not_found, storage_full, storage_failed
     */
    async revoke(id: string): Promise<void> {
      const device = byId.get(id)
      if (device === undefined) throw new CodedError('device_not_found')
      await remove([device])
    },
    /**
     * Takes all devices out but one, as `revoke` does.
     * @returns how many
     */
    async revokeAllBut(id: string | null): Promise<number> {
      const others = [...byId.values()].filter((device) => device.id !== id)
      await remove(others)
      return others.length
    },
    /** Calls back when the device is out. @returns how to end that */
    onGone(id: string, listener: () => void): () => void {
      const own = listeners.get(id) ?? new Set()
      listeners.set(id, own.add(listener))
      return () => {
        own.delete(listener)
        if (own.size === 0) listeners.delete(id)
      }
    },
    close: (): void => clearTimeout(timer),
  }
}

export type Devices = ReturnType<typeof createDevices>
