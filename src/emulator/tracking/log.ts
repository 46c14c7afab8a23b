import type { InputOf } from '../../wire/endpoint.ts'
import type { KeyValue, Metric, NextPage, tracking } from '../../wire/tracking.ts'
import { checkKey, cut } from '../mlflow/names.ts'
import { pageOf } from '../mlflow/pages.ts'
import { list, neededWord, pairs, sizeOf, word } from '../mlflow/read.ts'
import { putValue, valueOf } from '../mlflow/sets.ts'
import type { Call, Handlers } from '../server/call.ts'
import { formatJson } from '../server/json.ts'
import type { Loose } from '../server/read.ts'
import { badValue } from '../server/refused.ts'
import { addMetric, metricColumns, readMetric, showMetric, type StoredMetric } from './metrics.ts'
import { activeRun, neededRun } from './run-rows.ts'
import { readTag, runIdOf, tagRun } from './runs.ts'

const mostParam = 6000
const most = { metrics: 1000, params: 100, tags: 100, entities: 1000, bytes: 1_000_000 } as const

const readParam = ({ key, value }: KeyValue): KeyValue => {
  checkKey(key, 'key')
  return { key, value: cut(value, mostParam) }
}

/** A param is written once; the same value again is fine. */
const checkOnce = (call: Call, run: string, { key, value }: KeyValue): void => {
  const known = valueOf(call.db, 'mlflow_params', run, key)
  if (known !== undefined && known !== value)
    throw badValue(
      `Changing param values is not allowed. Param with key='${key}' was already logged with value='${known}' for run ID='${run}'. Attempted logging new value '${value}'.`,
    )
}

const checkLimits = (counts: Readonly<Record<'metrics' | 'params' | 'tags', number>>): void => {
  for (const what of ['metrics', 'params', 'tags'] as const)
    if (counts[what] > most[what])
      throw badValue(
        `A batch logging request can contain at most ${most[what]} ${what}. Got ${counts[what]} ${what}.`,
      )
  const total = counts.metrics + counts.params + counts.tags
  if (total > most.entities)
    throw badValue(
      `A batch logging request can contain at most ${most.entities} metrics, params, and tags. Got ${total}.`,
    )
}

/** Everything is checked before anything is written. */
const logBatch = (call: Call, input: Loose<InputOf<typeof tracking.logBatch>>): void => {
  // Documented, and enforced by no plain server.
  const size = Buffer.byteLength(formatJson(input))
  if (call.face === 'databricks' && size > most.bytes)
    throw badValue(
      `Batched logging API requests must be at most ${most.bytes} bytes, got a request of size ${size}.`,
    )
  const run = neededWord(input.run_id, 'run_id')
  const metrics = list(input.metrics, 'metrics').map(readMetric)
  const params = pairs(input.params, 'params').map(readParam)
  const tags = pairs(input.tags, 'tags').map(readTag)
  checkLimits({ metrics: metrics.length, params: params.length, tags: tags.length })
  if (new Set(params.map(({ key }) => key)).size < params.length)
    throw badValue('Duplicate parameter keys have been submitted')
  activeRun(call, run)
  for (const param of params) checkOnce(call, run, param)
  for (const param of params) putValue(call.db, 'mlflow_params', run, param)
  for (const metric of metrics) addMetric(call.db, run, metric)
  for (const tag of tags) tagRun(call, run, tag)
}

const historySql = `SELECT ${metricColumns} FROM mlflow_metrics m WHERE owner = ? AND key = ?
  ORDER BY m.at, m.step, m.value LIMIT ? OFFSET ?`

/** As many as an answer of the workspace has; a plain server gives all when no size is asked for. */
const mostHistory = 25_000

/** A plain server answers an unknown run with nothing, the workspace with 404. */
const history = (
  call: Call,
  input: Loose<InputOf<typeof tracking.metricHistory>>,
): NextPage & { metrics?: Metric[] } => {
  const run = runIdOf(input)
  const key = neededWord(input.metric_key, 'metric_key')
  if (call.face === 'databricks') neededRun(call, run)
  const all = call.face === 'mlflow' ? Number.MAX_SAFE_INTEGER - 1 : mostHistory
  const { rows, token } = pageOf(
    input.page_token,
    sizeOf(input.max_results, { fallback: all, most: all }),
    (limit, offset) => call.db.all<StoredMetric>(historySql, run, key, limit, offset),
  )
  return rows.length === 0 ? token : { metrics: rows.map(showMetric), ...token }
}

type Own = Pick<Handlers<typeof tracking>, 'logMetric' | 'logParameter' | 'logBatch' | 'metricHistory'>

export const logHandlers: Own = {
  logMetric: (input, call) => {
    const metric = readMetric(input)
    addMetric(call.db, activeRun(call, runIdOf(input)).id, metric)
    return {}
  },
  logParameter: (input, call) => {
    const key = neededWord(input.key, 'key')
    const param = readParam({ key, value: word(input.value, 'value') ?? '' })
    const { id } = activeRun(call, runIdOf(input))
    checkOnce(call, id, param)
    putValue(call.db, 'mlflow_params', id, param)
    return {}
  },
  logBatch: (input, call) => {
    logBatch(call, input)
    return {}
  },
  metricHistory: (input, call) => history(call, input),
}
