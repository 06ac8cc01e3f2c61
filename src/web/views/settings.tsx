/** How this device shows things, and what it keeps. */
import { useState } from 'preact/hooks'
import { isTouch } from '../is-touch.ts'
import {
  applyPreferences,
  doesEnterSend,
  loadPreferences,
  type Preferences,
  savePreferences,
  TEXT_SIZES,
} from '../state/preferences.ts'
import { useAttempt } from '../use-attempt.ts'
import type { Web } from '../web.ts'
import { Page } from './page.tsx'
import { SureButton } from './sure-button.tsx'

const THEMES = [
  ['system', 'As the phone'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const

const ENTERS = [
  [true, 'Sends'],
  [false, 'Begins a line'],
] as const

export function SettingsView({ web: { keeper, client, base } }: { web: Web }) {
  const [preferences, setPreferences] = useState(() => loadPreferences(localStorage))
  const [isForgotten, setForgotten] = useState(false)
  const { attempt, isBusy, problem } = useAttempt()
  const change = (part: Partial<Preferences>): void => {
    const next = { ...preferences, ...part }
    setPreferences(next)
    savePreferences(localStorage, next)
    applyPreferences(document.documentElement, next)
  }
  const forget = (): Promise<void> =>
    attempt(async () => {
      await keeper.forgetAll()
      setForgotten(true)
    })
  const leave = (): Promise<void> =>
    attempt(async () => {
      await client.access.logout()
      await keeper.leave()
      location.assign(`${base}/pair`)
    })
  return (
    <Page title="Settings" back="#/">
      <fieldset class="choice">
        <legend>Light</legend>
        {THEMES.map(([theme, text]) => (
          <label key={theme}>
            <input
              type="radio"
              name="theme"
              checked={preferences.theme === theme}
              onChange={() => change({ theme })}
            />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="choice">
        <legend>Size of the text</legend>
        {TEXT_SIZES.map((textSize) => (
          <label key={textSize}>
            <input
              type="radio"
              name="size"
              checked={preferences.textSize === textSize}
              onChange={() => change({ textSize })}
            />
            <span>{Math.round(textSize * 100)} %</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="choice">
        <legend>Enter</legend>
        {ENTERS.map(([enterSends, text]) => (
          <label key={text}>
            <input
              type="radio"
              name="enter"
              checked={doesEnterSend(preferences, isTouch()) === enterSends}
              onChange={() => change({ enterSends })}
            />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      <section class="fields">
        <a class="button" href="#/devices">
          Devices
        </a>
        <a class="button" href="inspect">
          Inspector
        </a>
        <button type="button" disabled={isBusy} onClick={() => void forget()}>
          Forget what is kept on this device
        </button>
        <p class="quiet" role="status">
          {isForgotten
            ? 'Forgotten. The server has it all.'
            : 'The end of each session, for when there is no network.'}
        </p>
        <SureButton
          label="Take this device out…"
          sure="Take it out: it must be paired anew"
          disabled={isBusy}
          onSure={() => void leave()}
        />
        <p class="problem" role="alert">
          {problem}
        </p>
      </section>
    </Page>
  )
}
