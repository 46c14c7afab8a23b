import { badValue } from './refused.ts'

export interface Page<T> {
  items: T[]
  next_page_token?: string
  prev_page_token?: string
}

const encode = (offset: number): string => Buffer.from(JSON.stringify({ offset })).toString('base64url')

const decode = (token: string | undefined): number => {
  if (token === undefined || token === '') return 0
  try {
    const { offset }: { offset?: unknown } = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (typeof offset === 'number' && Number.isInteger(offset) && offset >= 0) return offset
  } catch {
    // A token that is no JSON is as invalid as one without an offset.
  }
  throw badValue(`Invalid page token: ${token}`)
}

/** One page of `all`; tokens are opaque to clients. @throws Refused 400 for a token that we did not issue. */
export const paginate = <T>(all: readonly T[], size: number, token: string | undefined): Page<T> => {
  const offset = decode(token)
  const page: Page<T> = { items: all.slice(offset, offset + size) }
  if (offset + size < all.length) page.next_page_token = encode(offset + size)
  if (offset > 0) page.prev_page_token = encode(Math.max(0, offset - size))
  return page
}
