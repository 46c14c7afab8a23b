import type { Experiment, NextPage } from '../../wire/tracking.ts'
import type { Clause } from '../mlflow/filter.ts'
import { parseFilter } from '../mlflow/filter.ts'
import { compare, every, type Sql } from '../mlflow/filter-sql.ts'
import { parseOrder } from '../mlflow/order.ts'
import { pageOf } from '../mlflow/pages.ts'
import { sizeOf, word, wordList } from '../mlflow/read.ts'
import type { Call } from '../server/call.ts'
import { badValue } from '../server/refused.ts'
import { experimentColumns, showExperiments, type ExperimentRow } from './experiment-rows.ts'
import { experimentGrammar } from './grammars.ts'
import { stagesOf } from './stages.ts'

const columns: Readonly<Record<string, string>> = {
  name: 'e.name',
  experiment_id: 'e.id',
  creation_time: 'e.created',
  last_update_time: 'e.updated',
}
const column = (key: string): string => columns[key] ?? 'NULL'

const tagged = 'SELECT 1 FROM mlflow_experiment_tags t WHERE t.owner = e.id AND t.key = ?'

const checkValue = ({ key, value }: Clause): void => {
  const values = typeof value === 'object' ? value : [value]
  if (key === 'experiment_id' && values.some((id) => !/^\d+$/.test(`${id}`)))
    throw badValue('An experiment ID must be a valid integer')
  if (columns[key] !== undefined && typeof value === 'number' && !Number.isInteger(value))
    throw badValue(`Invalid value for numeric attribute '${key}': ${value}`)
}

const condition = (clause: Clause): Sql => {
  if (clause.entity === 'attribute') {
    checkValue(clause)
    return compare(column(clause.key), clause)
  }
  if (clause.operator === 'IS NULL') return { text: `NOT EXISTS (${tagged})`, values: [clause.key] }
  const { text, values } = compare('t.value', clause)
  return { text: `EXISTS (${tagged} AND ${text})`, values: [clause.key, ...values] }
}

const orderOf = (given: readonly string[]): string => {
  const order = parseOrder(given, experimentGrammar)
  const terms = order.map(({ key, ascending }) => `${byNumber(key)} ${ascending ? 'ASC' : 'DESC'}`)
  if (terms.length === 0) return 'e.created DESC, CAST(e.id AS INTEGER) ASC'
  return [...terms, 'CAST(e.id AS INTEGER) DESC'].join(', ')
}

const byNumber = (key: string): string => (key === 'experiment_id' ? 'CAST(e.id AS INTEGER)' : column(key))

interface Search {
  readonly filter?: unknown
  readonly order_by?: unknown
  readonly view_type?: unknown
  readonly max_results?: unknown
  readonly page_token?: unknown
}

/** Databricks gives a page of its own size when none is asked for; a plain server refuses that. */
const limits = {
  mlflow: { most: 50_000 },
  databricks: { fallback: 1000, most: 3000 },
} as const

/** @throws Refused 400 for a filter, order, size or token that is not one */
export const searchExperiments = (call: Call, input: Search): NextPage & { experiments?: Experiment[] } => {
  const clauses = parseFilter(word(input.filter, 'filter'), experimentGrammar)
  const order = orderOf(wordList(input.order_by, 'order_by'))
  const where = every([
    { text: 'e.face = ?', values: [call.face] },
    stagesOf('e.stage', input.view_type),
    ...clauses.map(condition),
  ])
  const sql = `SELECT ${experimentColumns} FROM mlflow_experiments e WHERE ${where.text} ORDER BY ${order} LIMIT ? OFFSET ?`
  const { rows, token } = pageOf(
    input.page_token,
    sizeOf(input.max_results, limits[call.face]),
    (limit, offset) => call.db.all<ExperimentRow>(sql, ...where.values, limit, offset),
  )
  return rows.length === 0 ? token : { experiments: showExperiments(call, rows), ...token }
}
