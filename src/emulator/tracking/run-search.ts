import type { MlflowRun, NextPage } from '../../wire/tracking.ts'
import type { Entity } from '../mlflow/grammar.ts'
import { parseFilter, type Clause } from '../mlflow/filter.ts'
import { compare, every, type Sql } from '../mlflow/filter-sql.ts'
import { parseOrder, type Order } from '../mlflow/order.ts'
import { pageOf } from '../mlflow/pages.ts'
import { sizeOf, word, wordList } from '../mlflow/read.ts'
import type { Call } from '../server/call.ts'
import { badValue } from '../server/refused.ts'
import type { Store } from '../server/store.ts'
import { runAttribute, runGrammar } from './grammars.ts'
import { showRuns } from './run-data.ts'
import { runColumns, type RunRow } from './run-rows.ts'
import { stagesOf } from './stages.ts'

const columns: Readonly<Record<string, string>> = {
  run_id: 'r.id',
  run_name: 'r.name',
  status: 'r.status',
  user_id: 'r.user',
  artifact_uri: 'r.artifact_uri',
  start_time: 'r.started',
  end_time: 'r.ended',
}
const columnOf = (key: string): string => columns[runAttribute(key)] ?? 'NULL'

const tables: Readonly<Record<Exclude<Entity, 'attribute' | 'dataset'>, string>> = {
  metric: 'mlflow_latest',
  param: 'mlflow_params',
  tag: 'mlflow_tags',
}

/** NaN is unlike every number: only `!=` holds. */
const onValue = (clause: Clause): Sql => {
  const found = compare('x.value', clause)
  const matchesNaN = clause.entity === 'metric' && clause.operator === '!='
  return matchesNaN ? { ...found, text: `(x.value IS NULL OR ${found.text})` } : found
}

const condition = (clause: Clause): Sql => {
  const { entity, key, operator } = clause
  if (entity === 'attribute') return compare(columnOf(key), clause)
  if (entity === 'dataset') {
    const { text, values } = compare(`x.${key}`, clause)
    return { text: `EXISTS (SELECT 1 FROM mlflow_inputs x WHERE x.owner = r.id AND ${text})`, values }
  }
  // Read once for the whole search: asked run by run, a filter that few runs fit takes three times as long.
  const owners = `SELECT x.owner FROM ${tables[entity]} x WHERE x.key = ?`
  if (operator === 'IS NULL') return { text: `r.id NOT IN (${owners})`, values: [key] }
  const { text, values } = onValue(clause)
  return { text: `r.id IN (${owners} AND ${text})`, values: [key, ...values] }
}

interface Ordering {
  joins: Sql
  /** What comes after ORDER BY. */
  terms: string
}

const joined = ({ entity, key }: Order, index: number): Sql =>
  entity === 'attribute' || entity === 'dataset'
    ? { text: '', values: [] }
    : {
        text: `LEFT JOIN ${tables[entity]} o${index} ON o${index}.owner = r.id AND o${index}.key = ?`,
        values: [key],
      }

/** Missing values come last both ways, NaN before them. */
const termOf = ({ entity, key, ascending }: Order, index: number): string => {
  const direction = ascending ? 'ASC' : 'DESC'
  if (entity === 'attribute') return `${columnOf(key)} ${direction} NULLS LAST`
  return `o${index}.owner IS NULL, o${index}.value ${direction} NULLS LAST`
}

const orderingOf = (given: readonly string[]): Ordering => {
  const order = parseOrder(given, runGrammar)
  const joins = order.map(joined)
  const byStart = order.some(
    ({ entity, key }) => entity === 'attribute' && runAttribute(key) === 'start_time',
  )
  const terms = [...order.map(termOf), ...(byStart ? [] : ['r.started DESC']), 'r.id']
  return {
    joins: { text: joins.map(({ text }) => text).join(' '), values: joins.flatMap(({ values }) => values) },
    terms: terms.join(', '),
  }
}

interface Search {
  readonly experiment_ids?: unknown
  readonly filter?: unknown
  readonly run_view_type?: unknown
  readonly max_results?: unknown
  readonly order_by?: unknown
  readonly page_token?: unknown
}

const size = { fallback: 1000, most: 50_000 }

const readIds = (value: unknown): readonly string[] => {
  const ids = wordList(value, 'experiment_ids')
  const wrong = ids.find((id) => !/^\d+$/.test(id))
  if (wrong !== undefined)
    throw badValue(`Invalid experiment ID '${wrong}'. Experiment ID must be a valid integer.`)
  return ids
}

const whole = `SELECT ${runColumns} FROM mlflow_runs r WHERE r.id IN (SELECT value FROM json_each(?))`

/** The search itself reads ids only: these are in the index, so that runs that are filtered out or skipped are never read whole. */
const rowsOf = (db: Store, found: readonly Pick<RunRow, 'id'>[]): RunRow[] => {
  const rows = db.all<RunRow>(whole, JSON.stringify(found.map(({ id }) => id)))
  const byId = new Map(rows.map((row) => [row.id, row]))
  return found.flatMap(({ id }) => byId.get(id) ?? [])
}

/** @throws Refused 400 for a filter, order, size or token that is not one */
export const searchRuns = (call: Call, input: Search): NextPage & { runs?: MlflowRun[] } => {
  const ids = readIds(input.experiment_ids)
  const clauses = parseFilter(word(input.filter, 'filter'), runGrammar)
  const { joins, terms } = orderingOf(wordList(input.order_by, 'order_by'))
  const ofFace = 'SELECT e.id FROM mlflow_experiments e WHERE e.face = ? AND e.id'
  // One experiment, the usual case, is a plain comparison: then the index gives the default order.
  const [only] = ids
  const among: Sql =
    ids.length === 1 && only !== undefined
      ? { text: `r.experiment = (${ofFace} = ?)`, values: [call.face, only] }
      : {
          text: `r.experiment IN (${ofFace} IN (SELECT value FROM json_each(?)))`,
          values: [call.face, JSON.stringify(ids)],
        }
  const where = every([among, stagesOf('r.stage', input.run_view_type), ...clauses.map(condition)])
  const sql = `SELECT r.id FROM mlflow_runs r ${joins.text} WHERE ${where.text} ORDER BY ${terms} LIMIT ? OFFSET ?`
  const values = [...joins.values, ...where.values]
  const { rows, token } = pageOf(input.page_token, sizeOf(input.max_results, size), (limit, offset) =>
    rowsOf(call.db, call.db.all<Pick<RunRow, 'id'>>(sql, ...values, limit, offset)),
  )
  return rows.length === 0 ? token : { runs: showRuns(call.db, rows), ...token }
}
