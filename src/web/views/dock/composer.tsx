/** Where a prompt is typed, with its files, and sent or queued: the button says which. */
import { useMemo, useRef, useState } from 'preact/hooks'
import { isTouch } from '../../is-touch.ts'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { NO_DRAFT } from '../../state/drafts.ts'
import { recall } from '../../state/history.ts'
import { doesEnterSend, loadPreferences } from '../../state/preferences.ts'
import { useStore } from '../../use-store.ts'
import { Chips } from './chips.tsx'
import { GrowingText } from './growing-text.tsx'
import { HistoryPanel } from './history-panel.tsx'
import { AttachIcon, HistoryIcon, SendIcon, SnippetsIcon } from './icons.tsx'
import { SnippetRow } from './snippet-row.tsx'

type Props = {
  desk: Desk
  conversation: ConversationControl
  /** Told whether somebody is in the middle of a text. */
  onTyping(isTyping: boolean): void
}

export function Composer({ desk, conversation, onTyping }: Props) {
  const { sessionId: id, store } = conversation
  const draft = useStore(desk.drafts.store, (drafts) => drafts[id] ?? NO_DRAFT)
  const uploads = useStore(desk.uploads.store, ({ uploads }) => uploads)
  const isBusy = useStore(store, ({ session }) => session !== null && session.state !== 'idle')
  const agent = useStore(store, ({ session }) => session?.agent ?? '')
  const [panel, setPanel] = useState<'history' | 'snippets' | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const file = useRef<HTMLInputElement>(null)

  const enterSends = useMemo(() => doesEnterSend(loadPreferences(localStorage), isTouch()), [])
  const own = uploads.filter(({ sessionId }) => sessionId === id)
  const isUploading = own.some(({ state }) => state === 'sending')
  const canSend = draft.text.trim() !== '' && own.length === 0
  const verb = isBusy ? 'Queue' : 'Send'

  const setText = (text: string): void => {
    desk.drafts.setText(id, text)
    if (draft.refusal !== null) desk.drafts.forgive(id)
    onTyping(text !== '' && form.current!.contains(document.activeElement))
  }
  const send = (): void => {
    if (!canSend) return
    desk.send(id, store.getSnapshot().context.headId)
    onTyping(false)
  }
  const focusText = (): void => form.current?.querySelector('textarea')?.focus()
  const toggle = (name: typeof panel): void => setPanel(panel === name ? null : name)

  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): void => {
    const { value, selectionStart, selectionEnd } = event.currentTarget
    const isForced = event.ctrlKey || event.metaKey
    const isPlain = !event.shiftKey && !event.altKey
    // An input method takes its own Enter.
    if (event.key === 'Enter' && !event.isComposing && (isForced || (enterSends && isPlain))) {
      event.preventDefault()
      send()
      return
    }
    const isUp = event.key === 'ArrowUp' && !value.slice(0, selectionStart).includes('\n')
    const isDown = event.key === 'ArrowDown' && !value.slice(selectionEnd).includes('\n')
    if (!isUp && !isDown) return
    const recalled = recall(desk.history.list(), value, isUp ? 'older' : 'newer')
    if (recalled === null) return
    event.preventDefault()
    setText(recalled)
  }

  return (
    <form
      ref={form}
      class="composer"
      aria-label="Prompt"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      onFocusIn={() => onTyping(draft.text !== '')}
      onFocusOut={({ relatedTarget }) => {
        if (!form.current?.contains(relatedTarget as Node | null)) onTyping(false)
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        desk.uploads.add(id, event.dataTransfer?.files ?? [])
      }}
    >
      {draft.refusal !== null && (
        <p class="problem" role="alert">
          Not sent: {draft.refusal}
        </p>
      )}
      {panel === 'history' && (
        <HistoryPanel
          prompts={desk.history.list()}
          onPick={(prompt) => {
            setText(prompt)
            setPanel(null)
            focusText()
          }}
        />
      )}
      <SnippetRow
        desk={desk}
        agent={agent}
        isOpen={panel === 'snippets'}
        onPick={(prompt) => {
          setPanel(null)
          // Files without a text are for what comes next, and that is this.
          if (draft.text.trim() === '' && own.length > 0) setText(prompt)
          else desk.sendSnippet(id, prompt, store.getSnapshot().context.headId)
        }}
      />
      <Chips desk={desk} sessionId={id} files={draft.files} uploads={own} />
      <GrowingText
        class="prompt"
        aria-label="Prompt"
        placeholder={isBusy ? 'What comes next?' : agent === 'shell' ? 'A command' : 'What is to be done?'}
        dir="auto"
        enterkeyhint={enterSends ? 'send' : 'enter'}
        autocapitalize={agent === 'shell' ? 'off' : 'sentences'}
        spellcheck={agent !== 'shell'}
        value={draft.text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const files = event.clipboardData?.files
          if (files === undefined || files.length === 0) return
          event.preventDefault()
          desk.uploads.add(id, files)
        }}
      />
      {/* A press leaves the focus, and with it the keyboard, where it is. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it takes nothing, its buttons do */}
      <div class="tools" onMouseDown={(event) => event.preventDefault()}>
        <input
          ref={file}
          type="file"
          multiple
          hidden
          onChange={({ currentTarget }) => {
            desk.uploads.add(id, [...(currentTarget.files ?? [])])
            currentTarget.value = ''
          }}
        />
        <button
          type="button"
          class="plain"
          aria-label="Attach photo or file"
          onClick={() => file.current!.click()}
        >
          <AttachIcon />
        </button>
        <button
          type="button"
          class="plain"
          aria-label="Earlier prompts"
          aria-expanded={panel === 'history'}
          onClick={() => toggle('history')}
        >
          <HistoryIcon />
        </button>
        <button
          type="button"
          class="plain folded"
          aria-label="Snippets"
          aria-expanded={panel === 'snippets'}
          onClick={() => toggle('snippets')}
        >
          <SnippetsIcon />
        </button>
        {own.length > 0 && !isUploading && (
          <small class="problem">
            {own.some(({ mayRetry }) => mayRetry) ? 'Retry or remove the file' : 'Remove the file first'}
          </small>
        )}
        {own.length === 0 && draft.files.length > 0 && draft.text.trim() === '' && (
          <small class="quiet">Say what {draft.files.length === 1 ? 'it is' : 'they are'} for</small>
        )}
        {canSend && !isTouch() && (
          <small class="quiet hint">
            {enterSends ? 'Enter sends, Shift+Enter begins a line' : 'Ctrl+Enter sends'}
          </small>
        )}
        <button type="submit" class="primary send" disabled={!canSend}>
          {isUploading ? 'Uploading…' : verb}
          <SendIcon />
        </button>
      </div>
    </form>
  )
}
