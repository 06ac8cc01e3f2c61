/** Who may come in: pairing, devices and the audit, as typed functions. */
import type { SendRequest } from './requests.ts'

/** Lets one device in, once, until it expires. The code is in the fragment of `url` too. */
export type PairingCode = { code: string; url: string; expiresAt: string }

export type Device = {
  id: string
  name: string
  createdAt: string
  lastSeenAt: string
  /** When it is out by itself, if it is not seen before. */
  expiresAt: string
  /** Whether it is the device that asks. */
  current: boolean
}

export type AuditRecord = {
  id: number
  at: string
  caller: string
  deviceId: string | null
  address: string
  action: string
  /** `ok`, or the code of the error. */
  outcome: string
  /** The session or the device that it was about. */
  target: string | null
  /** More than 1: as many refusals of one kind. */
  count: number
}

export type Access = {
  pair(): Promise<PairingCode>
  /** The oldest first. */
  devices(): Promise<Device[]>
  /** Takes a device out; what it has open ends at once. */
  revoke(deviceId: string): Promise<void>
  /** Takes all devices out but the one that asks. */
  revokeOthers(): Promise<{ revoked: number }>
  /** Takes the device out that asks. */
  logout(): Promise<void>
  /** The newest first; `before` is the id of the oldest that is known. */
  audit(page?: { before?: number; limit?: number }): Promise<{ records: AuditRecord[]; more: boolean }>
}

export const createAccess = (send: SendRequest): Access => ({
  pair: async () => (await send('POST', '/api/pairing')) as PairingCode,
  devices: async () => ((await send('GET', '/api/devices')) as { devices: Device[] }).devices,
  revoke: async (id) => void (await send('DELETE', `/api/devices/${encodeURIComponent(id)}`)),
  revokeOthers: async () => (await send('DELETE', '/api/devices')) as { revoked: number },
  logout: async () => void (await send('POST', '/api/logout')),
  audit: async (page = {}) => {
    const query = new URLSearchParams()
    if (page.before !== undefined) query.set('before', String(page.before))
    if (page.limit !== undefined) query.set('limit', String(page.limit))
    return (await send('GET', `/api/audit?${query}`)) as { records: AuditRecord[]; more: boolean }
  },
})
