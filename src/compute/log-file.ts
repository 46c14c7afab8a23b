import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { LogPage } from './compute.ts'
import { createRedactor } from './redact-stream.ts'

export interface LogFile {
  /** Everything of the stream, to its end, as fast as the disk takes it: memory stays at one chunk. */
  drain: (stream: Readable) => Promise<void>
  /** Why the log is not whole, e.g. `ENOSPC: no space left on device`. */
  readonly lost: () => string | undefined
  close: () => Promise<void>
}

/**
 * A log on disk. A full disk loses output, not the run: the stream is read on, and the reason kept.
 * @throws the system's error when the file cannot be opened
 */
export const openLog = async (path: string, secrets: readonly string[]): Promise<LogFile> => {
  const file = await open(path, 'a')
  let lost: string | undefined
  const write = async (data: Buffer): Promise<void> => {
    if (lost !== undefined || data.length === 0) return
    try {
      await file.appendFile(data)
    } catch (error) {
      lost = error instanceof Error ? error.message : String(error)
    }
  }
  return {
    drain: async (stream) => {
      const redactor = createRedactor(secrets)
      try {
        for await (const chunk of stream) await write(redactor.push(chunk as Buffer))
      } catch {
        // The stream was given up because a process that left the group still holds it.
      }
      await write(redactor.end())
    },
    lost: () => lost,
    close: async () => {
      await file.close()
    },
  }
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/** How many bytes the character takes that begins with this byte. */
const sizeOf = (byte: number): number => (byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4)

/** Without the half character at either end: the cut goes anywhere, and the run may just be writing. */
export const wholeCharacters = (bytes: Buffer): string => {
  let start = 0
  while (start < 3 && isContinuation(bytes[start])) start++
  let last = bytes.length - 1
  while (last > start && bytes.length - last < 4 && isContinuation(bytes[last])) last--
  const first = bytes[last]
  const end = first !== undefined && last + sizeOf(first) > bytes.length ? last : bytes.length
  return bytes.subarray(start, Math.max(start, end)).toString('utf8')
}

const readAt = (descriptor: number, from: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const got = readSync(descriptor, bytes, filled, length - filled, from + filled)
    if (got === 0) break
    filled += got
  }
  return bytes.subarray(0, filled)
}

/** The last bytes of a log, whole characters only; empty when there is no log. */
export const tailOf = (path: string, bytes: number): LogPage => {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    return { text: '', truncated: false }
  }
  try {
    const stat = fstatSync(descriptor)
    const size = stat.isFile() ? stat.size : 0
    const from = Math.max(0, size - Math.max(0, bytes))
    return { text: wholeCharacters(readAt(descriptor, from, size - from)), truncated: from > 0 }
  } finally {
    closeSync(descriptor)
  }
}
