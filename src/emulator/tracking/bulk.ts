import type { Handlers } from '../server/call.ts'
import type { trackingDatabricks } from '../../wire/tracking.ts'
import { int64, neededWord } from '../mlflow/read.ts'
import { badValue } from '../server/refused.ts'
import { neededExperiment } from './experiment-rows.ts'

const mostRuns = 10_000

const limitOf = (value: unknown): number => {
  const limit = Number(int64(value, 'max_runs') ?? mostRuns)
  if (limit < 1 || limit > mostRuns) throw badValue(`max_runs must be from 1 to ${mostRuns}, not ${limit}`)
  return limit
}

const timeOf = (value: unknown, field: string): string => {
  const time = int64(value, field)
  if (time === undefined) throw badValue(`Missing value for required parameter '${field}'.`)
  return time
}

type Own = Pick<Handlers<typeof trackingDatabricks>, 'deleteRuns' | 'restoreRuns'>

/** https://docs.databricks.com/api/workspace/experiments/deleteruns and /restoreruns */
export const bulkHandlers: Own = {
  deleteRuns: (input, call) => {
    const { id } = neededExperiment(call, neededWord(input.experiment_id, 'experiment_id'))
    const until = timeOf(input.max_timestamp_millis, 'max_timestamp_millis')
    const chosen = `SELECT id FROM mlflow_runs WHERE experiment = ? AND stage = 'active' AND started <= CAST(? AS INTEGER) ORDER BY started LIMIT ?`
    const done = call.db.run(
      `UPDATE mlflow_runs SET stage = 'deleted', deleted = ? WHERE id IN (${chosen})`,
      call.now,
      id,
      until,
      limitOf(input.max_runs),
    )
    return { runs_deleted: done }
  },
  restoreRuns: (input, call) => {
    const { id } = neededExperiment(call, neededWord(input.experiment_id, 'experiment_id'))
    const since = timeOf(input.min_timestamp_millis, 'min_timestamp_millis')
    const chosen = `SELECT id FROM mlflow_runs WHERE experiment = ? AND stage = 'deleted' AND deleted >= CAST(? AS INTEGER) ORDER BY deleted DESC LIMIT ?`
    const done = call.db.run(
      `UPDATE mlflow_runs SET stage = 'active', deleted = NULL WHERE id IN (${chosen})`,
      id,
      since,
      limitOf(input.max_runs),
    )
    return { runs_restored: done }
  },
}
