/**
 * What is kept on this device beyond a visit: texts by name, shared by all tabs. Where the browser keeps nothing (its
 * store is full, or forbidden) memory does, until the page goes.
 */

export type Shelf = {
  read(name: string): string | null
  /** @param text null: takes it away */
  write(name: string, text: string | null): void
  /** All that begin with it, in no order. */
  names(prefix: string): string[]
  /** This device is out: takes away all that was ever kept, and keeps nothing from now on. */
  forgetAll(): void
  /** Calls back when another tab has changed something. */
  watch(onChange: (name: string) => void): void
}

/**
 * @param prefix in front of every name: a proxy may have other pages on the same origin
 * @param openStorage may throw
 */
export function createShelf(
  prefix: string,
  openStorage: () => Storage,
  target: Pick<Window, 'addEventListener'>,
): Shelf {
  const unkept = new Map<string, string | null>()
  let isOut = false
  const attempt = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    try {
      return use(openStorage())
    } catch {
      return otherwise
    }
  }

  return {
    read(name) {
      const held = unkept.get(name)
      return held !== undefined ? held : attempt((storage) => storage.getItem(prefix + name), null)
    },
    write(name, text) {
      const isKept = attempt((storage) => {
        if (isOut) return false
        if (text === null) storage.removeItem(prefix + name)
        else storage.setItem(prefix + name, text)
        return true
      }, false)
      if (isKept) unkept.delete(name)
      else unkept.set(name, text)
    },
    names(start) {
      const kept = attempt((storage) => Object.keys(storage), [])
        .filter((name) => name.startsWith(prefix + start))
        .map((name) => name.slice(prefix.length))
      const held = [...unkept].filter(([name]) => name.startsWith(start))
      const gone = new Set(held.filter(([, text]) => text === null).map(([name]) => name))
      return [...new Set([...kept, ...held.map(([name]) => name)])].filter((name) => !gone.has(name))
    },
    forgetAll() {
      isOut = true
      unkept.clear()
      attempt((storage) => {
        for (const name of Object.keys(storage)) if (name.startsWith(prefix)) storage.removeItem(name)
      }, undefined)
    },
    watch(onChange) {
      target.addEventListener('storage', ({ key }) => {
        if (key?.startsWith(prefix)) onChange(key.slice(prefix.length))
      })
    },
  }
}

/** @returns null when there is nothing, or not what was put there */
export function readJson<T>(shelf: Pick<Shelf, 'read'>, name: string): T | null {
  try {
    return JSON.parse(shelf.read(name) ?? 'null') as T | null
  } catch {
    return null
  }
}
