import { randomUUID } from 'node:crypto'
import { createWriteStream, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ioError } from './disk.ts'
import { Refused } from './refused.ts'
import { Spooled } from './spool.ts'

const limited = (most: number): Transform => {
  let size = 0
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      size += chunk.length
      if (size > most) done(new Refused(413, 'REQUEST_TOO_LARGE', `At most ${most} bytes are accepted`))
      else done(null, chunk)
    },
  })
}

/**
 * A body of any size, written to `folder` as it arrives.
 * @param most bytes
 * @throws Refused 413, or 500 IO_ERROR (a full disk); no file is left then, nor when the client goes away
 */
export const spoolBody = async (
  body: AsyncIterable<Uint8Array>,
  folder: string,
  most: number,
): Promise<Spooled> => {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, randomUUID())
  try {
    await pipeline(body, limited(most), createWriteStream(path, { flags: 'wx' }))
    return new Spooled(path)
  } catch (error) {
    rmSync(path, { force: true })
    throw ioError('the upload', error)
  }
}
