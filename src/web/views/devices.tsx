/** Who is in: out with one of them, or all others, and a code for another one. */
import { useState } from 'preact/hooks'
import type { Device, PairingCode } from '../../client/index.ts'
import { useAnswer } from '../use-answer.ts'
import { useAttempt } from '../use-attempt.ts'
import { visible } from '../visible.ts'
import type { Web } from '../web.ts'
import { Page } from './page.tsx'
import { PairingSheet } from './pairing-sheet.tsx'
import { SureButton } from './sure-button.tsx'

export function DevicesView({ web: { client } }: { web: Web }) {
  const [{ answer: devices, problem: unknown, isWaiting }, refresh] = useAnswer(client.access.devices)
  const [pairing, setPairing] = useState<PairingCode | null>(null)
  const { attempt, isBusy, problem } = useAttempt()
  const act = (work: () => Promise<unknown>): void =>
    void attempt(async () => {
      await work()
      refresh()
    })
  return (
    <Page title="Devices" back="#/settings">
      <p class="problem" role="alert">
        {problem || unknown}
      </p>
      {isWaiting && (
        <p class="quiet" role="status">
          The server cannot be reached. Trying again…
        </p>
      )}
      <ul class="device-list">
        {devices?.map((device) => (
          <DeviceRow
            key={device.id}
            device={device}
            isBusy={isBusy}
            onRevoke={() => act(() => client.access.revoke(device.id))}
          />
        ))}
      </ul>
      <section class="fields">
        <button
          type="button"
          class="primary wide"
          disabled={isBusy}
          onClick={() => void attempt(async () => setPairing(await client.access.pair()))}
        >
          Pair another device
        </button>
        {(devices?.length ?? 0) > 1 && (
          <SureButton
            label="Take out all others…"
            sure="Take out every device but this one"
            disabled={isBusy}
            onSure={() => act(client.access.revokeOthers)}
          />
        )}
      </section>
      {pairing !== null && (
        <PairingSheet
          pairing={pairing}
          onClose={() => {
            setPairing(null)
            refresh()
          }}
        />
      )}
    </Page>
  )
}

type Row = { device: Device; isBusy: boolean; onRevoke: () => void }

function DeviceRow({ device: { name, createdAt, lastSeenAt, expiresAt, current }, isBusy, onRevoke }: Row) {
  return (
    <li class="device">
      <div>
        <strong>{visible(name)}</strong>
        <p class="quiet">{current ? 'This device' : `Last seen ${when(lastSeenAt)}`}</p>
        <p class="quiet">
          Paired {when(createdAt)} · out on {when(expiresAt)} if not seen before
        </p>
      </div>
      {!current && (
        <SureButton label="Revoke…" sure="Take it out" of={name} disabled={isBusy} onSure={onRevoke} />
      )}
    </li>
  )
}

const when = (iso: string): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
