/** Where a server may listen: beyond this machine only encrypted, or behind a proxy that is. */
import { isLoopback } from '../http/addresses.ts'
import type { Settings } from './settings.ts'
import { SettingError } from './settings-table.ts'

type Binding = Pick<Settings, 'host' | 'tlsCert' | 'tlsKey' | 'tlsSelfSigned' | 'behindProxy'>

/** @throws SettingError */
export function checkBinding({ host, tlsCert, tlsKey, tlsSelfSigned, behindProxy }: Binding): void {
  if ((tlsCert === null) !== (tlsKey === null))
    throw new SettingError('BREAKGLASS_TLS_CERT, BREAKGLASS_TLS_KEY: one is not enough; it must be both')
  if (tlsSelfSigned && tlsCert !== null)
    throw new SettingError(
      `BREAKGLASS_TLS_SELF_SIGNED: "on" is not allowed beside a certificate; it must be off`,
    )
  const isSafe = tlsCert !== null || tlsSelfSigned || behindProxy.length > 0
  if (!isSafe && host.toLowerCase() !== 'localhost' && !isLoopback(host))
    throw new SettingError(
      `BREAKGLASS_HOST: "${host}" is not allowed in plain HTTP; it must be a loopback address, or come with ` +
        'BREAKGLASS_TLS_CERT and BREAKGLASS_TLS_KEY, BREAKGLASS_TLS_SELF_SIGNED=on, or BREAKGLASS_BEHIND_PROXY',
    )
}
