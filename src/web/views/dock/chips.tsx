/** The files of a prompt: on their way, failed with the reason, or there. */

import type { UploadedFile } from '../../../client/index.ts'
import { bytesText } from '../../amounts.ts'
import type { Desk } from '../../state/desk.ts'
import type { Upload } from '../../state/uploads.ts'
import { visible } from '../../visible.ts'
import { CloseIcon } from './icons.tsx'

type Props = { desk: Desk; sessionId: string; files: readonly UploadedFile[]; uploads: readonly Upload[] }

export function Chips({ desk, sessionId, files, uploads }: Props) {
  if (files.length + uploads.length === 0) return null
  return (
    <ul class="chips" aria-label="Files">
      {files.map(({ path, name, bytes }) => (
        <li key={path} class="chip">
          <span>
            {visible(name)} <small class="quiet">{bytesText(bytes)}</small>
          </span>
          <Remove name={name} onClick={() => desk.drafts.detach(sessionId, path)} />
        </li>
      ))}
      {uploads.map(({ id, file, state, share, problem, mayRetry }) => (
        <li key={id} class="chip" data-state={state}>
          <span>
            {visible(file.name)} <small class="quiet">{bytesText(file.size)}</small>
            {state === 'sending' ? (
              <>
                {share !== null && <small class="share">{Math.floor(share * 100)} %</small>}
                <progress
                  aria-label={`Uploading ${visible(file.name)}`}
                  {...(share !== null && { value: share })}
                />
              </>
            ) : (
              <small class="problem" role="alert">
                {problem}
              </small>
            )}
          </span>
          {mayRetry && state === 'failed' && (
            <button type="button" class="plain" onClick={() => void desk.uploads.retry(id)}>
              Try again
            </button>
          )}
          <Remove name={file.name} onClick={() => desk.uploads.remove(id)} />
        </li>
      ))}
    </ul>
  )
}

const Remove = ({ name, onClick }: { name: string; onClick: () => void }) => (
  <button type="button" class="plain" aria-label={`Remove ${visible(name)}`} onClick={onClick}>
    <CloseIcon />
  </button>
)
