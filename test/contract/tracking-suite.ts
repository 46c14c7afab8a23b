import { describe } from 'vitest'
import type { MlflowSubject } from './mlflow-subject.ts'
import { experimentCases } from './tracking-experiments.ts'
import { loggingCases } from './tracking-logging.ts'
import { runCases } from './tracking-runs.ts'
import { searchCases } from './tracking-search.ts'

/** MLflow tracking, on any server of it. */
export const trackingSuite = (subject: MlflowSubject): void =>
  void describe(`tracking on ${subject.title}`, () => {
    experimentCases(subject)
    runCases(subject)
    loggingCases(subject)
    searchCases(subject)
  })
