import type { LoggedModel, loggedModels } from '../../wire/logged-models.ts'
import type { InputOf } from '../../wire/endpoint.ts'
import type { NextPage } from '../../wire/tracking.ts'
import { parseFilter, type Clause } from '../mlflow/filter.ts'
import { compare, every, type Sql } from '../mlflow/filter-sql.ts'
import { pageOf } from '../mlflow/pages.ts'
import { list, neededWord, sizeOf, word, wordList } from '../mlflow/read.ts'
import type { Call } from '../server/call.ts'
import { flag, members, type Loose } from '../server/read.ts'
import { badValue } from '../server/refused.ts'
import { modelColumn, modelGrammar } from './grammars.ts'
import { modelColumns, showModels, type ModelRow } from './model-rows.ts'

const size = { fallback: 100, most: 1000 }

/** No digest is empty. */
const none = ''

interface Data {
  name: string
  digest: string | undefined
}

/** Without a digest: any of that name; on a plain server the metrics without one, whatever its documentation says. */
const readData = (call: Call, value: unknown): Data[] =>
  list(value, 'datasets').map((item) => {
    const given = members(item, 'datasets') ?? {}
    const digest = word(given.dataset_digest, 'dataset_digest')
    return {
      name: neededWord(given.dataset_name, 'dataset_name'),
      digest: digest ?? (call.face === 'mlflow' ? none : undefined),
    }
  })

const onData = ({ name, digest }: Data): Sql =>
  digest === undefined
    ? { text: 'x.dataset = ?', values: [name] }
    : { text: `x.dataset = ? AND coalesce(x.digest, '${none}') = ?`, values: [name, digest] }

const onAny = (datasets: readonly Data[]): Sql => {
  const parts = datasets.map(onData)
  return {
    text: `(${parts.map(({ text }) => `(${text})`).join(' OR ')})`,
    values: parts.flatMap(({ values }) => values),
  }
}

const metricWhere = (datasets: readonly Data[], conditions: readonly Sql[]): Sql => {
  const where = every([...conditions, ...(datasets.length === 0 ? [] : [onAny(datasets)])])
  return {
    ...where,
    text: `EXISTS (SELECT 1 FROM mlflow_model_metrics x WHERE x.owner = m.id AND ${where.text})`,
  }
}

const condition = (clause: Clause, datasets: readonly Data[]): Sql => {
  const { entity, key } = clause
  if (entity === 'attribute') return compare(`m.${modelColumn(key) ?? 'id'}`, clause)
  const onKey = { text: 'x.key = ?', values: [key] }
  if (entity === 'metric') return metricWhere(datasets, [onKey, compare('x.value', clause)])
  const where = every([onKey, compare('x.value', clause)])
  const table = entity === 'param' ? 'mlflow_model_params' : 'mlflow_model_tags'
  return { ...where, text: `EXISTS (SELECT 1 FROM ${table} x WHERE x.owner = m.id AND ${where.text})` }
}

/** The latest value of a metric, on one dataset or on any. */
const metricTerm = (key: string, data: Data | undefined): Sql => {
  const where = every([{ text: 'x.key = ?', values: [key] }, ...(data === undefined ? [] : [onData(data)])])
  const text = `(SELECT x.value FROM mlflow_model_metrics x WHERE x.owner = m.id AND ${where.text} ORDER BY x.at DESC, x.step DESC, x.run LIMIT 1)`
  return { ...where, text }
}

const termOf = (item: unknown): Sql => {
  const given = members(item, 'order_by') ?? {}
  const field = neededWord(given.field_name, 'field_name')
  const direction = (flag(given.ascending, 'ascending') ?? true) ? 'ASC' : 'DESC'
  const column = modelColumn(field)
  if (column !== undefined) return { text: `m.${column} ${direction} NULLS LAST`, values: [] }
  if (!field.startsWith('metrics.')) throw badValue(`Invalid order by field name: ${field}`)
  const name = word(given.dataset_name, 'dataset_name')
  const data = name === undefined ? undefined : { name, digest: word(given.dataset_digest, 'dataset_digest') }
  const { text, values } = metricTerm(field.slice('metrics.'.length), data)
  return { text: `${text} ${direction} NULLS LAST`, values }
}

/** @throws Refused 400 for a filter, order, size or token that is not one */
export const searchModels = (
  call: Call,
  input: Loose<InputOf<typeof loggedModels.search>>,
): NextPage & { models?: LoggedModel[] } => {
  const ids = wordList(input.experiment_ids, 'experiment_ids')
  if (ids.length === 0) throw badValue("Missing value for required parameter 'experiment_ids'.")
  const datasets = readData(call, input.datasets)
  const clauses = parseFilter(word(input.filter, 'filter'), modelGrammar)
  const order = list(input.order_by, 'order_by').map(termOf)
  const onMetrics = clauses.some(({ entity }) => entity === 'metric')
  const where = every([
    {
      text: "m.experiment IN (SELECT value FROM json_each(?)) AND m.stage = 'active'",
      values: [JSON.stringify(ids)],
    },
    {
      text: 'EXISTS (SELECT 1 FROM mlflow_experiments e WHERE e.id = m.experiment AND e.face = ?)',
      values: [call.face],
    },
    ...clauses.map((clause) => condition(clause, datasets)),
    ...(datasets.length > 0 && !onMetrics ? [metricWhere(datasets, [])] : []),
  ])
  const terms = [...order.map(({ text }) => text), 'm.created DESC', 'm.id'].join(', ')
  const sql = `SELECT ${modelColumns} FROM mlflow_models m WHERE ${where.text} ORDER BY ${terms} LIMIT ? OFFSET ?`
  const values = [...where.values, ...order.flatMap((term) => term.values)]
  const { rows, token } = pageOf(
    input.page_token,
    sizeOf(input.max_results || undefined, size),
    (limit, offset) => call.db.all<ModelRow>(sql, ...values, limit, offset),
  )
  return rows.length === 0 ? token : { models: showModels(call.db, rows), ...token }
}
