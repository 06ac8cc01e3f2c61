/** Whether the device believes that it has a network. */
import { useSyncExternalStore } from 'preact/compat'

const subscribe = (onChange: () => void): (() => void) => {
  for (const name of ['online', 'offline']) addEventListener(name, onChange)
  return () => {
    for (const name of ['online', 'offline']) removeEventListener(name, onChange)
  }
}

export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine)
