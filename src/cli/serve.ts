/** `breakglass serve`: a server from its settings, until it is told to stop. */
import { randomUUID, X509Certificate } from 'node:crypto'
import { type AddressInfo, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { pairingUrl } from '../http/routes/pairing.ts'
import { createServer } from '../http/server.ts'
import { openRuntime, type Runtime } from '../runtime/runtime.ts'
import { visible } from '../runtime/visible.ts'
import { commandsOf, writeHeader } from './curl.ts'
import { offerCodes } from './pairing-socket.ts'
import { explainListen, prepare } from './prepare.ts'
import { publicUrlOf } from './public-url.ts'
import type { Settings } from './settings.ts'
import { type Offer, showPairing } from './show-pairing.ts'
import { checkSurroundings, readSurroundings } from './surroundings.ts'
import { loadTls } from './tls.ts'

/**
 * @param settings what the operator set
 * @param out where the one line goes that says it serves; logs and hints go to stderr
 * @returns how to stop: streams are cut, what is on its way is stored, turns go on by themselves
 */
export async function serve(
  settings: Settings,
  version: string,
  out: (line: string) => void,
): Promise<() => Promise<void>> {
  const { token } = prepare(settings)
  const tls = await loadTls(settings, new Date())
  const publicUrl = publicUrlOf(settings, networkInterfaces())
  let fault: (error: unknown) => void = () => {}
  const runtime = await openRuntime({
    ...settings,
    environment: process.env,
    onFault: (error) => fault(error),
  })
  try {
    // With the lock: it is this server's token, and no other's.
    writeHeader(settings.dataDir, token)
    const app = await createServer({
      runtime,
      token,
      version,
      tls,
      keepaliveMs: settings.keepaliveMs,
      publicUrl,
      basePath: settings.basePath,
      allowedHosts: hostsOf(settings, publicUrl),
      behindProxy: settings.behindProxy,
      logger: { level: 'info', stream: { write: (line) => void process.stderr.write(visible(line)) } },
    })
    fault = (error) => app.log.error({ err: error }, 'a machine failed')
    await app.listen({
      host: settings.host,
      port: settings.port,
      listenTextResolver: (address) => `listening at ${tls ? address.replace('http:', 'https:') : address}`,
    })
    if (tls !== null)
      app.log.info(`the certificate has SHA-256 ${new X509Certificate(tls.cert).fingerprint256}`)
    app.log.info(
      runtime.cgroupParent === null
        ? 'turns have no cgroups: what an agent hides well may outlive a stop'
        : `each turn has a cgroup in ${runtime.cgroupParent}`,
    )
    const url = urlOf(tls === null ? 'http' : 'https', app.server.address() as AddressInfo)
    const makeCode = () => offer(runtime.access, (publicUrl ?? url) + settings.basePath)
    const stopOffering = await offerCodes(settings.dataDir, makeCode).catch((error: unknown) => {
      // Who is in already must not be kept out by that.
      app.log.warn({ err: error }, 'breakglass pair will get no answer')
      return () => {}
    })
    out(`breakglass ${version} listening on ${url}`)
    const [newest = randomUUID()] = await runtime.sessions.ids()
    // Not waited for: systemd may take its time.
    void checkSurroundings(readSurroundings()).then((warnings) => {
      for (const warning of warnings) app.log.warn(warning)
    })
    process.stderr.write(commandsOf(url, newest, settings))
    // To a terminal a code, for whoever sits there; never into a log, where others could read it.
    process.stderr.write(
      process.stderr.isTTY
        ? `${showPairing(await makeCode(), true)}\n`
        : '  pair a phone:  breakglass pair\n\n',
    )
    return async () => {
      stopOffering()
      await app.close()
      await runtime.close()
    }
  } catch (error) {
    await runtime.close()
    throw explainListen(error, settings)
  }
}

/** An address that means all of them is none to ask at. */
function urlOf(protocol: string, { address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `${protocol}://localhost:${port}`
  return `${protocol}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** By which names it may be asked for, besides those that need no setting. */
const hostsOf = ({ allowedHosts, host }: Settings, publicUrl: string | null): string[] => [
  ...allowedHosts,
  ...(isIP(host) === 0 ? [host] : []),
  ...(publicUrl === null ? [] : [new URL(publicUrl).host]),
]

/** A code for whoever is this user on this machine, and a link to where phones come in. */
async function offer({ pair, audit }: Runtime['access'], address: string): Promise<Offer> {
  const { code, expiresAt } = pair()
  const terminal = { caller: 'terminal', deviceId: null, address: 'local', target: null }
  await audit.record({ ...terminal, action: 'pair', outcome: 'ok' })
  return { code, expiresAt, url: pairingUrl(address, code) }
}
