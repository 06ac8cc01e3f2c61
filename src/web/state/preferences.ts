/** How the page looks on this device, and takes what is typed: kept in it, and applied before anything is drawn. */

export type Preferences = {
  theme: 'system' | 'light' | 'dark'
  textSize: number
  /** Whether Enter sends what is typed, and does not begin a line; null: nobody has said. */
  enterSends: boolean | null
}

export const TEXT_SIZES = [0.875, 1, 1.125, 1.25, 1.5] as const

const KEY = 'breakglass.preferences'
const DEFAULTS: Preferences = { theme: 'system', textSize: 1, enterSends: null }

export function loadPreferences(storage: Pick<Storage, 'getItem'>): Preferences {
  try {
    const { theme, textSize, enterSends } = JSON.parse(storage.getItem(KEY) ?? '{}')
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : DEFAULTS.theme,
      textSize: TEXT_SIZES.find((size) => size === textSize) ?? DEFAULTS.textSize,
      enterSends: typeof enterSends === 'boolean' ? enterSends : DEFAULTS.enterSends,
    }
  } catch {
    return DEFAULTS
  }
}

export function savePreferences(storage: Pick<Storage, 'setItem'>, preferences: Preferences): void {
  try {
    storage.setItem(KEY, JSON.stringify(preferences))
  } catch {
    // Private browsing: they hold until the page goes.
  }
}

/** @param root the document's element, to which the styles look */
export function applyPreferences(root: HTMLElement, { theme, textSize }: Preferences): void {
  if (theme === 'system') delete root.dataset.theme
  else root.dataset.theme = theme
  root.style.setProperty('--text-size', String(textSize))
}

/** @param isTouch whether it is typed with thumbs: their keyboards have no other way to begin a line */
export const doesEnterSend = ({ enterSends }: Preferences, isTouch: boolean): boolean =>
  enterSends ?? !isTouch
