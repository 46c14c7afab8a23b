import type { Metric, MetricValue } from '../../wire/tracking.ts'
import { checkKey } from '../mlflow/names.ts'
import { asInt64, int64, neededWord, word } from '../mlflow/read.ts'
import { members } from '../server/read.ts'
import { badValue } from '../server/refused.ts'
import type { Store } from '../server/store.ts'

/** As it is stored: `value` NULL is NaN, infinities are the largest doubles, integers are decimal text. */
export interface StoredMetric {
  key: string
  value: number | null
  at: string
  step: string
}

/** One that is about a logged model too. */
export interface GivenMetric extends StoredMetric {
  model?: string
  dataset?: string
  digest?: string
}

/** The columns of any table of metrics. */
export const metricColumns = 'key, value, CAST(at AS TEXT) AS at, CAST(step AS TEXT) AS step'

const doubleOf = (value: unknown): number | null => {
  if (value === undefined || value === null) throw badValue("Missing value for required parameter 'value'.")
  if (value === 'NaN') return null
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'bigint') return Number(number)
  if (typeof number !== 'number' || Number.isNaN(number))
    throw badValue("Invalid value for parameter 'value' supplied: expected a double")
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number))
}

/** A metric of a request. @throws Refused 400 for a key, value, timestamp or step that is none */
export const readMetric = (given: unknown): GivenMetric => {
  const input = members(given, 'metrics') ?? {}
  const key = neededWord(input.key, 'key')
  checkKey(key, 'name')
  const value = doubleOf(input.value)
  const at = int64(input.timestamp, 'timestamp')
  if (at === undefined) throw badValue("Missing value for required parameter 'timestamp'.")
  if (at.startsWith('-')) throw badValue(`Timestamp must be a nonnegative long (64-bit integer), not ${at}`)
  const model = word(input.model_id, 'model_id')
  const dataset = word(input.dataset_name, 'dataset_name')
  const digest = word(input.dataset_digest, 'dataset_digest')
  return {
    key,
    value,
    at,
    step: int64(input.step, 'step') ?? '0',
    ...(model === undefined ? {} : { model }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(digest === undefined ? {} : { digest }),
  }
}

const latest = `INSERT INTO mlflow_latest (owner, key, at, step, value) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (owner, key) DO UPDATE SET at = excluded.at, step = excluded.step, value = excluded.value
  WHERE (excluded.step, excluded.at, coalesce(excluded.value, 0)) >
    (mlflow_latest.step, mlflow_latest.at, coalesce(mlflow_latest.value, 0))`

/** The same point twice is one. The latest is the one of the highest step, then time, then value. */
export const addMetric = (db: Store, run: string, metric: GivenMetric): void => {
  const { key, at, step, value } = metric
  db.run(
    'INSERT OR IGNORE INTO mlflow_metrics (owner, key, at, step, value) VALUES (?, ?, ?, ?, ?)',
    run,
    key,
    at,
    step,
    value,
  )
  db.run(latest, run, key, at, step, value)
  if (metric.model === undefined) return
  db.run(
    'INSERT OR IGNORE INTO mlflow_model_metrics (owner, key, at, step, value, run, dataset, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    metric.model,
    key,
    at,
    step,
    value,
    run,
    metric.dataset ?? null,
    metric.digest ?? null,
  )
}

const shownValue = (value: number | null): MetricValue => value ?? 'NaN'

export const showMetric = ({ key, value, at, step }: StoredMetric): Metric => ({
  key,
  value: shownValue(value),
  timestamp: asInt64(at),
  step: asInt64(step),
})
