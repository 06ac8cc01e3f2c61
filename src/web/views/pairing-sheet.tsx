/** A code for another device: to be scanned, or read out. */
import type { PairingCode } from '../../client/index.ts'
import { createLazy } from './lazy.ts'
import { Sheet } from './sheet.tsx'

/** Apart: few ever look at it. */
const useUqr = createLazy(() => import('uqr'))

export function PairingSheet({ pairing, onClose }: { pairing: PairingCode; onClose: () => void }) {
  const { url, code, expiresAt } = pairing
  return (
    <Sheet title="Pair another device" onClose={onClose}>
      <QrCode text={url} />
      <p>
        Or open <strong>{url.replace(/#.*/, '')}</strong> on it, and enter
      </p>
      <p class="pairing-code">{code}</p>
      <p class="quiet">Works once, until {new Date(expiresAt).toLocaleTimeString()}.</p>
    </Sheet>
  )
}

/** What a scanner needs around it, in modules. ISO/IEC 18004. */
const QUIET = 4

/** Black on white, whatever the theme: not every scanner reads an inverted one. */
function QrCode({ text }: { text: string }) {
  const uqr = useUqr(true)
  if (uqr === null) return <div class="qr" />
  const rows = uqr.encode(text, { border: QUIET }).data
  const path = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg class="qr" role="img" aria-label="QR code" viewBox={`0 0 ${rows.length} ${rows.length}`}>
      <path d={path.join('')} />
    </svg>
  )
}
