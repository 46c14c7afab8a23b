import { text } from '../server/read.ts'
import { badValue } from '../server/refused.ts'

interface Token {
  offset: number
  /** This page is empty, and the next one goes on. */
  pause: boolean
}

const encode = (token: Token): string => Buffer.from(JSON.stringify(token)).toString('base64url')

const isToken = (value: unknown): value is Token =>
  typeof value === 'object' &&
  value !== null &&
  'offset' in value &&
  Number.isInteger(value.offset) &&
  'pause' in value &&
  typeof value.pause === 'boolean'

const decode = (token: unknown): Token => {
  if (token === undefined || token === null || token === '') return { offset: 0, pause: false }
  const written = text(token, 'page_token') ?? ''
  try {
    const found: unknown = JSON.parse(Buffer.from(written, 'base64url').toString())
    if (isToken(found) && found.offset >= 0) return found
  } catch {
    // No JSON is as invalid as no offset.
  }
  throw badValue('Invalid page token')
}

/**
 * One page. Unity Catalog may answer an empty page that has a token all the same; whatever takes more than one page has one of them
 * after the first, so that a client that ends there is found out.
 * @param ask gets one row more than the page has
 */
export const pageOf = <Row>(
  token: unknown,
  size: number,
  ask: (limit: number, offset: number) => Row[],
): { rows: Row[]; token: { next_page_token?: string } } => {
  const { offset, pause } = decode(token)
  if (pause) return { rows: [], token: { next_page_token: encode({ offset, pause: false }) } }
  const rows = ask(size + 1, offset)
  if (rows.length <= size) return { rows, token: {} }
  const next = encode({ offset: offset + size, pause: offset === 0 })
  return { rows: rows.slice(0, size), token: { next_page_token: next } }
}

const most = { fallback: 100, page: 1000 } as const

/** 0 is the server's own size, more than it has is as much as it has: https://docs.databricks.com/api/workspace/registeredmodels/list */
export const pageSize = (value: unknown): number => {
  const size = value === undefined || value === null || value === '' ? 0 : Number(value)
  if (!Number.isInteger(size) || size < 0) throw badValue(`Invalid value ${String(value)} for max_results`)
  return size === 0 ? most.fallback : Math.min(size, most.page)
}
