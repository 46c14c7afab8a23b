import { createReadStream, type Stats } from 'node:fs'
import { Readable } from 'node:stream'

/** A handler's answer that is a file on disk: sent in pieces, never whole in memory. */
export class StoredFile {
  readonly path: string
  readonly stats: Pick<Stats, 'size' | 'mtimeMs' | 'ino'>

  constructor(path: string, stats: Pick<Stats, 'size' | 'mtimeMs' | 'ino'>) {
    this.path = path
    this.stats = stats
  }
}

interface Range {
  start: number
  /** The last byte. */
  end: number
}

/** One range of bytes (RFC 9110, 14.1.2); several, or what cannot be read, is no range. `false`: beyond the end. */
const rangeOf = (header: string | null, size: number): Range | undefined | false => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') return last === '0' ? false : { start: Math.max(0, size - Number(last)), end: size - 1 }
  const start = Number(first)
  if (start >= size) return false
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

const stream = (path: string, range?: Range) => {
  const chunks = Readable.toWeb(createReadStream(path, range ?? {}))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node and the DOM declare the same class twice
  return chunks as unknown as ReadableStream<Uint8Array<ArrayBuffer>>
}

/** Clients download large files in ranges, side by side. */
export const fileResponse = (
  file: StoredFile,
  request: Pick<Request, 'method' | 'headers'>,
  given: Record<string, string>,
): Response => {
  const { size, mtimeMs } = file.stats
  const headers = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    'last-modified': new Date(mtimeMs).toUTCString(),
    ...given,
  }
  const part = rangeOf(request.headers.get('range'), size)
  if (part === false)
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } })
  const bodiless = size === 0 || request.method === 'HEAD'
  if (bodiless) return new Response(null, { headers: { ...headers, 'content-length': `${size}` } })
  if (part === undefined)
    return new Response(stream(file.path), { headers: { ...headers, 'content-length': `${size}` } })
  return new Response(stream(file.path, part), {
    status: 206,
    headers: {
      ...headers,
      'content-length': `${part.end - part.start + 1}`,
      'content-range': `bytes ${part.start}-${part.end}/${size}`,
    },
  })
}
