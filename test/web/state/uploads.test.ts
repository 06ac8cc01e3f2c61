import { expect, it } from 'vitest'
import { RequestError, type UploadedFile } from '../../../src/client/index.ts'
import { createDrafts } from '../../../src/web/state/drafts.ts'
import { createUploads } from '../../../src/web/state/uploads.ts'
import { createDevice } from './memory-shelf.ts'

const UPLOADED: UploadedFile = { name: 'a', path: 'attachments/a', bytes: 3, mediaType: 'text/plain' }

it('says how much of a file has been sent, from nothing again when it is tried again, and puts it into the draft', async () => {
  const tries: { onProgress(share: number): void; end(answer: UploadedFile[] | Error): void }[] = []
  const drafts = createDrafts(createDevice().open())
  const uploads = createUploads({
    client: {
      upload: (_, __, { onProgress } = {}) =>
        new Promise((resolve, reject) => {
          const end = (answer: UploadedFile[] | Error): void =>
            answer instanceof Error ? reject(answer) : resolve(answer)
          tries.push({ onProgress: onProgress!, end })
        }),
    },
    drafts,
    newKey: () => 'key',
  })
  const upload = () => uploads.store.getSnapshot().context.uploads[0]
  uploads.add('s', [new File(['abc'], 'a')])
  expect(upload()).toMatchObject({ state: 'sending', share: null })
  tries[0]!.onProgress(0.5)
  expect(upload()?.share).toBe(0.5)
  tries[0]!.end(new RequestError({ status: 0, code: 'unreachable', detail: '' }))
  await expect.poll(() => upload()?.state).toBe('failed')
  void uploads.retry('key')
  expect(upload()).toMatchObject({ state: 'sending', share: null })
  tries[1]!.end([UPLOADED])
  await expect.poll(upload).toBeUndefined()
  expect(drafts.of('s').files).toEqual([UPLOADED])
})
