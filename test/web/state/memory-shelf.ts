/** What a device keeps, and the tabs that share it. */
import { createShelf, type Shelf } from '../../../src/web/state/shelf.ts'

/** @returns a shelf for each tab that is opened on the same device */
export function createDevice() {
  const kept: Record<string, string> = {}
  const tabs: EventTarget[] = []
  const open = (): Shelf => {
    const tab = new EventTarget()
    tabs.push(tab)
    const tell = (key: string): void => {
      for (const other of tabs)
        if (other !== tab) other.dispatchEvent(Object.assign(new Event('storage'), { key }))
    }
    // As the browser's own: its names are its properties.
    const storage = new Proxy(kept, {
      get: (_, name) => {
        if (name === 'getItem') return (key: string) => kept[key] ?? null
        if (name === 'setItem')
          return (key: string, text: string) => {
            kept[key] = text
            tell(key)
          }
        return (key: string) => {
          delete kept[key]
          tell(key)
        }
      },
    })
    return createShelf('test:', () => storage as unknown as Storage, tab as unknown as Window)
  }
  return { open, kept }
}
