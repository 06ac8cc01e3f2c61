/** What must be kept of who may come in, and of who did what. Every promise that is fulfilled means: on disk. */

/** Times are ISO 8601. Of the cookie's secret only the SHA-256 is kept. */
export type StoredDevice = {
  id: string
  name: string
  secretHash: string
  createdAt: string
  lastSeenAt: string
}

/** Who did what, from where, and what became of it. No secret, no prompt, no code. */
export type AuditEntry = {
  at: string
  /** A device's name, `token`, `terminal` or `nobody`. */
  caller: string
  deviceId: string | null
  address: string
  action: string
  /** `ok`, or the code of the error. */
  outcome: string
  /** The id of the session or the device that it was about. */
  target: string | null
  /** More than 1: as many failures of one kind. */
  count: number
}

/** What is told of something that happened just now, once. */
export type Audited = Omit<AuditEntry, 'at' | 'count'>

export type AuditRecord = AuditEntry & { id: number }

/** Failures are CodedErrors `storage_full` or `storage_failed`. */
export type AccessStore = {
  listDevices(): Promise<StoredDevice[]>
  addDevice(device: StoredDevice): Promise<void>
  touchDevice(id: string, lastSeenAt: string): Promise<void>
  removeDevices(ids: readonly string[]): Promise<void>
  /** Beyond so many of what was done (`ok`), and so many of what failed, the oldest of these go: now, or later. */
  appendAudit(entries: readonly AuditEntry[], max: { done: number; failed: number }): Promise<void>
  /** The newest first, below the id `before`. */
  readAudit(before: number, limit: number): Promise<AuditRecord[]>
}
