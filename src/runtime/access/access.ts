/** Who may come in, and who did what: pairing, devices and the audit, put together. */

import { CodedError } from '../errors.ts'
import type { AccessStore, StoredDevice } from './access-store.ts'
import { createAudit } from './audit.ts'
import { createBackOff } from './back-off.ts'
import { createDevices, type Device } from './devices.ts'
import { createPairing, type PairingCode } from './pairing.ts'

export type AccessDeps = {
  store: AccessStore
  now: () => Date
  /** Milliseconds of a clock that nobody sets. */
  clockMs: () => number
  freshId: () => string
  onFault: (error: unknown) => void
}

export async function openAccess(deps: AccessDeps) {
  const audit = createAudit(deps)
  const onExpired = ({ id }: StoredDevice): void => {
    const server = { caller: 'server', deviceId: null, address: 'local' }
    void audit.record({ ...server, action: 'expire', outcome: 'ok', target: id })
  }
  const devices = createDevices({ ...deps, onExpired }, await deps.store.listDevices())
  const pairing = createPairing(deps)
  const backOff = createBackOff(deps)

  return {
    devices,
    audit,
    /** A code that lets one device in. Whoever asks is in already. */
    pair(): PairingCode {
      backOff.reset()
      return pairing.make()
    },
    /**
     * Lets a device in that has a code.
     * @param by what it wants to be called, and where it comes from
     * @throws too_many_attempts, bad_code, too_many_devices, storage_full, storage_failed
     */
    async login(
      code: string,
      by: { name: string; address: string },
    ): Promise<{ device: Device; secret: string }> {
      backOff.check(by.address)
      if (!pairing.take(code)) {
        backOff.failed(by.address)
        throw new CodedError('bad_code')
      }
      backOff.reset()
      return devices.add(by.name)
    },
    /** Writes what is still to be written. The store is closed by somebody else. */
    async close(): Promise<void> {
      devices.close()
      await audit.close()
    },
  }
}

export type Access = Awaited<ReturnType<typeof openAccess>>
