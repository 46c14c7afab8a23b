import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ioError } from './disk.ts'
import { blank, boundaryOf, broken, crlf, partNamed } from './multipart.ts'
import { Refused } from './refused.ts'

/** A part of a form that was too large for memory. Whoever takes it moves or removes the file. */
export class Spooled {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }
}

/** Where files are written before they are moved into place: on the disk of DBFS, never listed. */
export const uploadsRoot = (folder: string): string => join(folder, 'dbfs-uploads')

/** What a text field or the headers of a part may take of memory. */
const mostText = 1024 * 1024

interface Part {
  name: string
  write(bytes: Buffer): void
  end(): unknown
}

const textPart = (name: string): Part => {
  let text = Buffer.alloc(0)
  return {
    name,
    write: (bytes) => {
      text = Buffer.concat([text, bytes])
      if (text.length > mostText) throw broken(`the field '${name}' is too long`)
    },
    end: () => text.toString('utf8'),
  }
}

/** @param onOpen told how to be rid of the file before its first byte: a client may go away at any time */
const filePart = (name: string, folder: string, onOpen: (discard: () => void) => void): Part => {
  const path = join(folder, randomUUID())
  const target = openSync(path, 'wx')
  let open = true
  const close = () => {
    if (open) closeSync(target)
    open = false
  }
  onOpen(() => {
    close()
    rmSync(path, { force: true })
  })
  return {
    name,
    write: (bytes) => {
      for (let done = 0; done < bytes.length;) done += writeSync(target, bytes, done)
    },
    end: () => {
      close()
      return new Spooled(path)
    },
  }
}

/** Cuts a form into parts as its bytes arrive; holds back only what may be the beginning of a delimiter. */
const cutter = (boundary: string, begin: (name: string, file: boolean) => Part) => {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const fields: Record<string, unknown> = {}
  const preamble: Part = { name: '', write: () => undefined, end: () => undefined }
  let part: Part | undefined = preamble
  let rest: Buffer = crlf
  let ended = false
  /** Returns false when more bytes are needed. */
  const step = (): boolean => {
    if (ended) return false
    if (part === undefined) {
      if (rest.length < 2) return false
      ended = rest.subarray(0, 2).toString('latin1') === '--'
      const split = rest.indexOf(blank)
      if (!ended && split === -1 && rest.length > mostText) throw broken('a part without headers')
      if (ended || split === -1) return false
      const { name, file } = partNamed(rest.subarray(0, split))
      part = begin(name, file)
      rest = rest.subarray(split + blank.length)
      return true
    }
    const end = rest.indexOf(delimiter)
    const ready = end === -1 ? Math.max(0, rest.length - delimiter.length + 1) : end
    part.write(rest.subarray(0, ready))
    rest = rest.subarray(end === -1 ? ready : end + delimiter.length)
    if (end === -1) return false
    if (part !== preamble) fields[part.name] = part.end()
    part = undefined
    return true
  }
  return {
    add: (chunk: Uint8Array) => {
      rest = Buffer.concat([rest, chunk])
      while (step());
    },
    end: () => {
      if (!ended) throw broken('it ends before its last boundary')
      return fields
    },
  }
}

const tooLarge = (most: number) =>
  new Refused(413, 'REQUEST_TOO_LARGE', `At most ${most} bytes are accepted in one form`)

/**
 * Fields of a form of any size: files are written to `folder` as they arrive and come as `Spooled`.
 * A body that is refused is read to its end all the same: a client that is still sending would not hear the answer.
 * @param most bytes
 * @throws Refused 400 MALFORMED_REQUEST, 413, or 500 IO_ERROR (a full disk); no file is left then
 */
export const spoolMultipart = async (
  body: AsyncIterable<Uint8Array>,
  type: string,
  folder: string,
  most: number,
): Promise<Record<string, unknown>> => {
  const discards: (() => void)[] = []
  const cut = cutter(boundaryOf(type), (name, file) =>
    file ? filePart(name, folder, (discard) => discards.push(discard)) : textPart(name),
  )
  let failure: unknown
  let size = 0
  const attempt = (work: () => void): void => {
    try {
      if (failure === undefined) work()
    } catch (error) {
      failure = ioError('the upload', error)
    }
  }
  let fields: Record<string, unknown> = {}
  try {
    attempt(() => mkdirSync(folder, { recursive: true }))
    for await (const chunk of body) {
      size += chunk.length
      attempt(() => {
        if (size > most) throw tooLarge(most)
        cut.add(chunk)
      })
    }
    attempt(() => (fields = cut.end()))
  } catch (error) {
    failure = error
  }
  if (failure === undefined) return fields
  for (const discard of discards) discard()
  throw failure
}
