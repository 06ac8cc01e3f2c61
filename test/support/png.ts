/** An image that any decoder takes. */
import { randomBytes } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'

/**
 * @param paddingBytes makes the file larger, though not the picture
 * @returns a PNG of 8 by 8 pixels. https://www.w3.org/TR/png-3/#5DataRep
 */
export function pngOf(paddingBytes = 0): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(8, 0)
  header.writeUInt32BE(8, 4)
  // Eight bits for each of red, green and blue.
  header.set([8, 2], 8)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    // A chunk that no decoder needs to know.
    ...(paddingBytes > 0 ? [chunk('paDd', randomBytes(paddingBytes))] : []),
    chunk('IDAT', deflateSync(Buffer.alloc(8 * (1 + 8 * 3)))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, checksum])
}
