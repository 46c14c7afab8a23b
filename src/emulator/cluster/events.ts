import type { ClusterEvent, clusters, EventsRequest } from '../../wire/clusters.ts'
import type { InputOf, Json, OutputOf } from '../../wire/endpoint.ts'
import { next } from '../server/clock.ts'
import { formatJson, stored } from '../server/json.ts'
import { neededText, text, whole, words, type Loose } from '../server/read.ts'
import { paginate } from '../server/pages.ts'
import { badValue } from '../server/refused.ts'
import type { Store } from '../server/store.ts'

type Input = Loose<InputOf<typeof clusters.events>>
type Output = OutputOf<typeof clusters.events>

export const addEvent = (
  db: Store,
  id: string,
  at: number,
  type: string,
  details: Record<string, unknown> = {},
): void => {
  db.run('INSERT INTO events VALUES (?, ?, ?, ?, ?)', next(db), id, at, type, formatJson(details))
}

interface Row {
  at: number
  type: string
  details: string
}

const select = (db: Store, query: EventsRequest): ClusterEvent[] => {
  const { cluster_id: id, order, event_types: types } = query
  const rows = db.all<Row>(
    `SELECT at, type, details FROM events WHERE cluster = ? AND at BETWEEN ? AND ?
     ORDER BY at ${order === 'ASC' ? 'ASC' : 'DESC'}, seq ${order === 'ASC' ? 'ASC' : 'DESC'}`,
    id,
    Number(query.start_time ?? 0),
    Number(query.end_time ?? Number.MAX_SAFE_INTEGER),
  )
  return rows
    .filter((row) => types === undefined || types.length === 0 || types.includes(row.type))
    .map((row) => ({
      cluster_id: id,
      timestamp: row.at,
      type: row.type,
      details: stored<Record<string, Json>>(row.details),
    }))
}

const readQuery = (input: Input): EventsRequest => {
  const query: EventsRequest = { cluster_id: neededText(input.cluster_id, 'cluster_id') }
  const order = text(input.order, 'order') || 'DESC'
  if (order !== 'ASC' && order !== 'DESC') throw badValue(`Invalid order ${order}. Valid values: DESC, ASC`)
  query.order = order
  const types = words(input.event_types, 'event_types')
  if (types !== undefined) query.event_types = [...types]
  const start = whole(input.start_time, 'start_time')
  const end = whole(input.end_time, 'end_time')
  if (start !== undefined) query.start_time = start
  if (end !== undefined) query.end_time = end
  return query
}

const bounded = (size: number, field: string): number => {
  if (size < 1 || size > 500) throw badValue(`${field} must be between 1 and 500, but is ${size}`)
  return size
}

/**
 * One page of a cluster's events. Clients page by token, or send `next_page` back as the whole next request (the SDK for
 * Python and the legacy CLI do), so it repeats every filter.
 */
export const pageOfEvents = (db: Store, input: Input): Output => {
  const query = readQuery(input)
  const found = select(db, query)
  const byToken = input.page_size !== undefined || input.page_token !== undefined
  const output: Output = { total_count: found.length }
  if (byToken) {
    const size = bounded(whole(input.page_size, 'page_size') || 50, 'page_size')
    const { items, ...tokens } = paginate(found, size, text(input.page_token, 'page_token'))
    if (items.length > 0) output.events = items
    const token = tokens.next_page_token
    if (token !== undefined) output.next_page = { ...query, page_size: size, page_token: token }
    return { ...output, ...tokens }
  }
  const offset = whole(input.offset, 'offset') ?? 0
  const limit = bounded(whole(input.limit, 'limit') ?? 50, 'limit')
  if (offset < 0) throw badValue(`offset must not be negative, but is ${offset}`)
  const events = found.slice(offset, offset + limit)
  if (events.length > 0) output.events = events
  if (offset + limit < found.length) output.next_page = { ...query, offset: offset + limit, limit }
  return output
}
