import { isMissing, type ApiError } from '../../src/http/api-error.ts'
import type { MlflowRun } from '../../src/wire/tracking.ts'
import type { MlflowSubject } from './mlflow-subject.ts'
import { refused } from './subject.ts'

export const newExperiment = async ({ client, experimentName }: MlflowSubject, word = 'e'): Promise<string> =>
  (await client.tracking.createExperiment({ name: await experimentName(word) })).experiment_id

/** A run, and its id. */
export const newRun = async (
  { client }: MlflowSubject,
  experiment_id: string,
  more: { run_name?: string; start_time?: number } = {},
): Promise<MlflowRun> => (await client.tracking.createRun({ experiment_id, start_time: 1, ...more })).run

export const statusOf = async (work: Promise<unknown>): Promise<number> => (await refused(work)).status

/** `400 INVALID_PARAMETER_VALUE`, as one text. */
export const refusal = async (work: Promise<unknown>): Promise<string> => {
  const { status, errorCode }: ApiError = await refused(work)
  return `${status} ${errorCode}`
}

export const missing = async (work: Promise<unknown>): Promise<boolean> => isMissing(await refused(work))
