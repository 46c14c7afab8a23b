import type { clusters } from '../../wire/clusters.ts'
import type { InputOf } from '../../wire/endpoint.ts'
import { allows } from '../acl.ts'
import type { Call } from '../server/call.ts'
import { paginate, type Page } from '../server/pages.ts'
import { flag, text, whole, words, type Loose } from '../server/read.ts'
import { badValue } from '../server/refused.ts'
import { listedDays, settled } from './machine.ts'
import { allRecords, type ClusterRecord } from './record.ts'

type Input = Loose<InputOf<typeof clusters.list>>
type Test = (record: ClusterRecord) => boolean

const within = (value: unknown, field: string, of: (record: ClusterRecord) => string): Test => {
  const wanted = words(value, field) ?? []
  return (record) => wanted.length === 0 || wanted.includes(of(record))
}

const filters = (input: Input): Test[] => {
  const pinned = flag(input['filter_by.is_pinned'], 'filter_by.is_pinned')
  const policy = text(input['filter_by.policy_id'], 'filter_by.policy_id')
  return [
    within(input['filter_by.cluster_sources'], 'filter_by.cluster_sources', (record) => record.source),
    within(input['filter_by.cluster_states'], 'filter_by.cluster_states', (record) => record.state),
    (record) => pinned === undefined || pinned === (record.pinned_by !== undefined),
    (record) => policy === undefined || record.spec.policy_id === policy,
  ]
}

/** All pinned and active ones, and those terminated in the last 30 days. */
const listed =
  (now: number): Test =>
  ({ pinned_by: pinned, terminated_time: ended }) =>
    pinned !== undefined || ended === undefined || now - ended <= listedDays

const rank = (record: ClusterRecord): number =>
  (record.pinned_by === undefined ? 2 : 0) + (record.state === 'TERMINATED' ? 1 : 0)

/** DEFAULT: pinned first, then active, then terminated; each newest first. */
const sorted = (records: ClusterRecord[], input: Input): ClusterRecord[] => {
  const field = text(input['sort_by.field'], 'sort_by.field') ?? 'DEFAULT'
  const direction = text(input['sort_by.direction'], 'sort_by.direction') ?? 'ASC'
  if (field !== 'DEFAULT' && field !== 'CLUSTER_NAME') throw badValue(`Invalid sort_by.field ${field}`)
  if (direction !== 'ASC' && direction !== 'DESC') throw badValue(`Invalid sort_by.direction ${direction}`)
  const name = ({ spec }: ClusterRecord) => spec.cluster_name ?? ''
  const compare = (a: ClusterRecord, b: ClusterRecord): number =>
    field === 'DEFAULT' ? rank(a) - rank(b) : name(a).localeCompare(name(b))
  const ordered = records.toSorted(compare)
  return direction === 'DESC' ? ordered.toReversed() : ordered
}

/** Version 2.0 knew no pages and answers everything; 2.1 answers 20 unless told otherwise. */
const sizeOf = (input: Input, path: string): number => {
  const size = whole(input.page_size, 'page_size') ?? 0
  if (size < 0 || size > 100) throw badValue(`page_size must be between 0 and 100, but is ${size}`)
  if (size > 0) return size
  return path.includes('/2.0/') ? Number.MAX_SAFE_INTEGER : 20
}

/** One page of the clusters that the caller may see. */
export const pageOfClusters = (call: Call, input: Input): Page<ClusterRecord> => {
  const tests = [listed(call.now), ...filters(input)]
  const found = allRecords(call.db)
    .filter(({ cluster_id: id }) => allows(call, 'clusters', [`/clusters/${id}`], 'CAN_ATTACH_TO'))
    .map((record) => settled(call, record))
    .filter((record) => tests.every((test) => test(record)))
  return paginate(sorted(found, input), sizeOf(input, call.path), text(input.page_token, 'page_token'))
}
