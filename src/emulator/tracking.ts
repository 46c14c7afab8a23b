/** MLflow tracking: https://mlflow.org/docs/latest/api_reference/rest-api.html, on both faces. */
import type { tracking, trackingDatabricks } from '../wire/tracking.ts'
import { protobuf } from './mlflow/read.ts'
import type { Handlers } from './server/call.ts'
import { bulkHandlers } from './tracking/bulk.ts'
import { searchExperiments } from './tracking/experiment-search.ts'
import { experimentHandlers } from './tracking/experiments.ts'
import { ioHandlers } from './tracking/io.ts'
import { logHandlers } from './tracking/log.ts'
import { searchRuns } from './tracking/run-search.ts'
import { runHandlers } from './tracking/runs.ts'

export const trackingHandlers: Handlers<typeof tracking> = protobuf<typeof tracking>({
  ...experimentHandlers,
  ...runHandlers,
  ...logHandlers,
  ...ioHandlers,
  searchExperiments: (input, call) => searchExperiments(call, input),
  searchExperimentsByQuery: (input, call) => searchExperiments(call, input),
  searchRuns: (input, call) => searchRuns(call, input),
})

export const trackingDatabricksHandlers: Handlers<typeof trackingDatabricks> = protobuf<
  typeof trackingDatabricks
>({
  ...bulkHandlers,
  listExperiments: (input, call) => searchExperiments(call, input),
})
