/** Whether the server has another page by now than the one that is open, and how to get it. */
import { createStore } from '@xstate/store'

/** The page's own script is named by what is in it, and knows the names of all other parts. */
const ownScript = (): string =>
  document.querySelector<HTMLScriptElement>('script[type="module"]')!.src.split('/').at(-1)!

/** Asks the server, and not the service worker: it knows the page by its bare address. */
export async function isReplaced(): Promise<boolean> {
  try {
    const response = await fetch(`${location.pathname}?newest`, { cache: 'no-store' })
    return response.ok && !(await response.text()).includes(ownScript())
  } catch {
    return false
  }
}

/** Loads the server's page. What is typed is kept. */
export async function loadNewer(): Promise<void> {
  // It would answer with the page that it has kept; the newer page brings its own.
  await (await navigator.serviceWorker?.getRegistration())?.unregister()
  location.reload()
}

export function createPageVersion() {
  const store = createStore({
    context: { isOld: false },
    on: { replaced: () => ({ isOld: true }) },
  })
  return {
    store,
    async look(): Promise<void> {
      if (!store.getSnapshot().context.isOld && (await isReplaced())) store.trigger.replaced({})
    },
  }
}
