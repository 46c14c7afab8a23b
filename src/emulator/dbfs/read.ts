import { closeSync, constants, openSync, readSync } from 'node:fs'
import type { dbfs } from '../../wire/dbfs.ts'
import type { InputOf, OutputOf } from '../../wire/endpoint.ts'
import type { Call } from '../server/call.ts'
import { onDisk } from '../server/disk.ts'
import { whole, type Loose } from '../server/read.ts'
import { badValue, Refused } from '../server/refused.ts'
import { readDbfsPath } from './paths.ts'
import { existingPlace } from './tree.ts'

/** 1 MB a call, half of it by default: https://docs.databricks.com/api/workspace/dbfs/read */
const mostBytes = 1024 * 1024
const defaultBytes = mostBytes / 2

const readAt = (file: string, offset: number, length: number): Buffer => {
  const source = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(source, bytes, 0, length, offset))
  } finally {
    closeSync(source)
  }
}

/** Beyond the end there are 0 bytes. */
export const readBlock = (
  call: Call,
  input: Loose<InputOf<typeof dbfs.read>>,
): OutputOf<typeof dbfs.read> => {
  const path = readDbfsPath(input.path)
  const offset = whole(input.offset, 'offset') ?? 0
  const length = whole(input.length, 'length') ?? defaultBytes
  if (offset < 0) throw badValue(`The offset must not be negative: ${offset}`)
  if (length < 0) throw badValue(`The length must not be negative: ${length}`)
  if (length > mostBytes)
    throw new Refused(400, 'MAX_READ_SIZE_EXCEEDED', `At most ${mostBytes} bytes can be read, not ${length}`)
  const { local, stats } = existingPlace(call, path)
  if (!stats.isFile()) throw badValue(`${path} is a directory and cannot be read.`)
  const bytes = onDisk(path, () => readAt(local, offset, Math.min(length, Math.max(0, stats.size - offset))))
  return { bytes_read: bytes.length, data: bytes.toString('base64') }
}
