/** registered-models/search and model-versions/search. */
import type { Clause } from '../mlflow/filter.ts'
import { parseFilter } from '../mlflow/filter.ts'
import { compare, every, type Sql } from '../mlflow/filter-sql.ts'
import type { Order } from '../mlflow/order.ts'
import { parseOrder } from '../mlflow/order.ts'
import { pageOf } from '../mlflow/pages.ts'
import { sizeOf, word, wordList } from '../mlflow/read.ts'
import type { Call } from '../server/call.ts'
import { isAdmin } from '../server/principals.ts'
import { kindOfPrincipal } from '../acl.ts'
import { modelGrammar, versionGrammar } from './grammars.ts'
import { registryOf, selectModels, toModel, type ModelRecord, type ModelRow } from './models.ts'
import { selectVersions, toVersion, type VersionRecord, type VersionRow } from './versions.ts'

export interface Found<T> {
  readonly rows: T[]
  readonly token: { next_page_token?: string }
}

interface Asked {
  readonly filter?: unknown
  readonly order_by?: unknown
  readonly max_results?: unknown
  readonly page_token?: unknown
}

/** A tag that is not there matches nothing; this one alone counts as another value, as MLflow 3 clients ask for it with every search. */
const promptTag = 'mlflow.prompt.is_prompt'

const tagCondition = (clause: Clause, table: string, owner: string): Sql => {
  const { text, values } = compare('t.value', clause)
  const having = `EXISTS (SELECT 1 FROM ${table} t WHERE ${owner} AND t.key = ? AND ${text})`
  if (clause.key !== promptTag || (clause.operator !== '=' && clause.operator !== '!='))
    return { text: having, values: [clause.key, ...values] }
  const none = `NOT EXISTS (SELECT 1 FROM ${table} t WHERE ${owner} AND t.key = ? AND t.value = ?)`
  const value = typeof clause.value === 'string' ? clause.value : ''
  return clause.operator === '!='
    ? { text: none, values: [promptTag, value] }
    : { text: having, values: [promptTag, ...values] }
}

const sorted = (order: readonly Order[], columns: Readonly<Record<string, string>>, last: string): string =>
  [...order.map(({ key, ascending }) => `${columns[key] ?? key} ${ascending ? 'ASC' : 'DESC'}`), last].join(
    ', ',
  )

/** Only what the caller may read is found in a workspace; everywhere else everybody reads. */
const readable = (call: Call): Sql => {
  if (registryOf(call) !== 'workspace' || isAdmin(call.me)) return { text: '1', values: [] }
  const marks = call.me.groups.map(() => '?').join(', ')
  return {
    text: `EXISTS (SELECT 1 FROM grants g WHERE g.object = '/registered-models/' || m.id
      AND ((g.kind = ? AND g.principal = ?) OR (g.kind = 'group_name' AND g.principal IN (${marks}))))`,
    values: [kindOfPrincipal(call.me), call.me.user, ...call.me.groups],
  }
}

const modelColumns = {
  name: 'm.name',
  timestamp: 'm.updated',
  last_updated_timestamp: 'm.updated',
}

/** Databricks widens it: https://docs.databricks.com/api/workspace/modelregistry/searchmodels */
const widened = (call: Call, clause: Clause): Clause =>
  call.face === 'databricks' &&
  clause.operator.endsWith('LIKE') &&
  typeof clause.value === 'string' &&
  !/[%_]/.test(clause.value)
    ? { ...clause, value: `%${clause.value}%` }
    : clause

/** 100 a page, 1,000 at most. @throws Refused 400 */
export const searchModels = (call: Call, input: Asked): Found<ModelRecord> => {
  const clauses = parseFilter(word(input.filter, 'filter'), modelGrammar)
  const where = every([
    { text: 'm.registry = ?', values: [registryOf(call)] },
    readable(call),
    ...clauses.map((clause) =>
      clause.entity === 'tag'
        ? tagCondition(clause, 'registered_model_tags', 't.model = m.id')
        : compare('m.name', widened(call, clause)),
    ),
  ])
  const order = sorted(
    parseOrder(wordList(input.order_by, 'order_by'), modelGrammar),
    modelColumns,
    'm.name ASC',
  )
  const size = sizeOf(input.max_results, { fallback: 100, most: 1000 })
  const query = `${selectModels} WHERE ${where.text} ORDER BY ${order} LIMIT ? OFFSET ?`
  return pageOf(input.page_token, size, (limit, offset) =>
    call.db.all<ModelRow>(query, ...where.values, limit, offset).map(toModel),
  )
}

const versionColumns: Readonly<Record<string, string>> = {
  name: 'm.name',
  run_id: 'v.run',
  source_path: 'v.source',
  version_number: 'v.number',
  creation_timestamp: 'v.created',
  last_updated_timestamp: 'v.updated',
}

const versionCondition = (clause: Clause): Sql => {
  if (clause.entity === 'tag')
    return tagCondition(clause, 'model_version_tags', 't.model = v.model AND t.number = v.number')
  return compare(versionColumns[clause.key] ?? clause.key, clause)
}

/** A workspace takes less than an MLflow server: https://docs.databricks.com/api/workspace/modelregistry/searchmodelversions */
const mostVersions = { databricks: 10_000, mlflow: 200_000 } as const

/** @throws Refused 400 */
export const searchVersions = (call: Call, input: Asked): Found<VersionRecord> => {
  const clauses = parseFilter(word(input.filter, 'filter'), versionGrammar)
  const where = every([
    { text: 'm.registry = ?', values: [registryOf(call)] },
    readable(call),
    ...clauses.map(versionCondition),
  ])
  const last = 'v.updated DESC, m.name ASC, v.number DESC'
  const order = sorted(parseOrder(wordList(input.order_by, 'order_by'), versionGrammar), versionColumns, last)
  const most = mostVersions[call.face]
  const size = sizeOf(input.max_results, { fallback: most, most })
  const query = `${selectVersions} WHERE ${where.text} ORDER BY ${order} LIMIT ? OFFSET ?`
  return pageOf(input.page_token, size, (limit, offset) =>
    call.db.all<VersionRow>(query, ...where.values, limit, offset).map(toVersion),
  )
}
