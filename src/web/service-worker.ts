/** Has the page there without a network. Without a service worker (plain HTTP beyond loopback) it works with one alone. */

type TrustedTypes = { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } }

/** Once. It brings all that was built: when the page has what it needs, and nothing else to do. */
export function registerServiceWorker(): void {
  if (!('serviceWorker' in navigator)) return
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const url = './sw.js'
  const trusted =
    trustedTypes?.createPolicy('service-worker', { createScriptURL: () => url }).createScriptURL(url) ?? url
  void navigator.serviceWorker.register(trusted).catch(() => {})
}
