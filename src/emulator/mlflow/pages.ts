import { word } from './read.ts'
import { badValue } from '../server/refused.ts'

/** Opaque to clients; the real server's is base64 of the same. */
export const tokenOf = (offset: number): string => Buffer.from(JSON.stringify({ offset })).toString('base64')

/** @throws Refused 400 INVALID_PARAMETER_VALUE for a token that no answer had */
export const offsetOf = (token: unknown): number => {
  const text = word(token, 'page_token')
  if (text === undefined) return 0
  try {
    const { offset }: { offset?: unknown } = JSON.parse(Buffer.from(text, 'base64').toString())
    if (typeof offset === 'number' && Number.isInteger(offset) && offset >= 0) return offset
  } catch {
    // No JSON: as invalid as one without an offset.
  }
  throw badValue('Invalid page token')
}

interface Page<Row> {
  rows: Row[]
  token: { next_page_token?: string }
}

/** One page; `ask` gets one row more than the page has, so that the last page has no token. */
export const pageOf = <Row>(
  token: unknown,
  size: number,
  ask: (limit: number, offset: number) => Row[],
): Page<Row> => {
  const offset = offsetOf(token)
  const rows = ask(size + 1, offset)
  if (rows.length <= size) return { rows, token: {} }
  return { rows: rows.slice(0, size), token: { next_page_token: tokenOf(offset + size) } }
}
