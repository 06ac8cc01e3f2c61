/** A prompt with attachments as claude takes it: images as blocks, everything by its path. */
import { isImage } from '../files/media-type.ts'
import { LIMITS } from '../limits.ts'
import type { Attachment } from './agent.ts'

/**
 * Images that are too large for the model's API, or too many, go by their path alone: the agent can look at them with
 * its own tools.
 * @returns content blocks. The prompt is the last one, since the CLI looks for its own commands (`/compact`) there.
 */
export function promptContent(prompt: string, attachments: readonly Attachment[]): object[] {
  const blocks: object[] = []
  let roomBytes: number = LIMITS.inlineImagesBytesMax
  const lines = attachments.map((file) => {
    const image = isImage(file.mediaType) ? file.read(Math.min(roomBytes, LIMITS.inlineImageBytesMax)) : null
    if (image !== null) {
      roomBytes -= image.length
      const source = { type: 'base64', media_type: file.mediaType, data: image.toString('base64') }
      blocks.push({ type: 'image', source })
    }
    return `- ${file.path} (${file.mediaType}, ${file.bytes} bytes${image === null ? '' : ', shown above'})`
  })
  if (lines.length > 0) blocks.push({ type: 'text', text: ['Attached files:', ...lines].join('\n') })
  return [...blocks, { type: 'text', text: prompt }]
}
