import type { Databricks } from '../../client/databricks.ts'
import { Fail } from '../../errors.ts'
import { ApiError, isMissing } from '../../http/api-error.ts'
import type { Int64 } from '../../wire/endpoint.ts'
import type { JobRun, RunOutput, RunTask } from '../../wire/runs.ts'
import { embeddedHost } from '../connect.ts'

/** Nobody can open a page of a workspace that lives in this process. */
const withoutDeadPage = ({ run_page_url: url, ...run }: JobRun): JobRun =>
  url === undefined || url.startsWith(`${embeddedHost}/`) ? run : { ...run, run_page_url: url }

/** A run with all its tasks: more than 100 come in pages. */
export const readRun = async (client: Databricks, id: Int64): Promise<JobRun> => {
  const run = withoutDeadPage(await client.jobs.runs.get({ run_id: id }))
  const tasks: RunTask[] = [...(run.tasks ?? [])]
  for (let token = run.next_page_token; token;) {
    const page = await client.jobs.runs.get({ run_id: id, page_token: token })
    tasks.push(...(page.tasks ?? []))
    token = page.next_page_token
  }
  return run.tasks ? { ...run, tasks } : run
}

/**
 * A run that a person has named.
 * @throws Fail USAGE when it is no number, RUN_NOT_FOUND
 */
export const findRun = async (client: Databricks, host: string, word: string): Promise<JobRun> => {
  if (!/^\d{1,19}$/.test(word))
    throw new Fail('USAGE', {
      what: `«${word}» is not the number of a run`,
      hint: 'give the number that `brickrail run` printed',
    })
  try {
    return await readRun(client, BigInt(word))
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new Fail('RUN_NOT_FOUND', { run: word, host, message: error.apiMessage }, { cause: error })
  }
}

/** Undefined as long as, or because, there is none: the workspace refuses with 400 then. */
export const outputOf = async (client: Databricks, id: Int64): Promise<RunOutput | undefined> => {
  try {
    return await client.jobs.runs.getOutput({ run_id: id })
  } catch (error) {
    if (error instanceof ApiError && (error.status === 400 || error.status === 404)) return undefined
    throw error
  }
}
