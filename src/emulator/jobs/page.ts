import { paginate } from '../server/pages.ts'
import { text, whole } from '../server/read.ts'
import { badValue } from '../server/refused.ts'

interface Limit {
  value: unknown
  fallback: number
  most: number
}

interface Page<T> {
  items: T[]
  has_more: boolean
  next_page_token?: string
  prev_page_token?: string
}

/** 0 means the largest page, as on the service. */
const sizeOf = ({ value, fallback, most }: Limit): number => {
  const size = whole(value, 'limit') ?? fallback
  if (size < 0 || size > most) throw badValue(`limit must be between 1 and ${most}, but is ${size}`)
  return size === 0 ? most : size
}

/** A page by token, or by offset before version 2.2. @throws Refused 400 */
export const pageAt = <T>(
  all: readonly T[],
  path: string,
  input: { page_token?: unknown; offset?: unknown },
  limit: Limit,
): Page<T> => {
  const offset = path.startsWith('/api/2.2/') ? 0 : (whole(input.offset, 'offset') ?? 0)
  if (offset < 0) throw badValue(`offset must not be negative, but is ${offset}`)
  const { items, ...tokens } = paginate(
    all.slice(offset),
    sizeOf(limit),
    text(input.page_token, 'page_token'),
  )
  return { items, has_more: tokens.next_page_token !== undefined, ...tokens }
}

const mostTasks = 100

/** More than 100 tasks are shown in pages: https://docs.databricks.com/api/workspace/jobs/get */
export const pageOfTasks = <T>(
  tasks: readonly T[],
  token: unknown,
): { items: T[]; more: { next_page_token?: string; has_more?: boolean } } => {
  const { items, next_page_token: next } = paginate(tasks, mostTasks, text(token, 'page_token'))
  return { items, more: next === undefined ? {} : { next_page_token: next, has_more: true } }
}
