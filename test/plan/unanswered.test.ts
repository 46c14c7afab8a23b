import { expect, it } from 'vitest'
import { compareSpec } from '../../src/plan/compare.ts'
import type { JobSettings } from '../../src/wire/jobs.ts'
import { spec, tools, without } from './build.ts'
import { job, ourJob, planJobsOf, recordedJobs, settings, there } from './job-build.ts'

/** What a plan changes of a job. */
const changes = (declared: JobSettings, observed: JobSettings, recorded?: JobSettings) => {
  const ledger = recorded ? { ledger: recordedJobs([job({ settings: recorded })]) } : {}
  const found = planJobsOf([job({ settings: declared })], there({ owned: [ourJob(observed)] }, ledger))
  return found.jobs?.[0]?.fields
}

const table = { table_names: ['a'] }
const asked = settings({ trigger: { table_update: { ...table, condition: 'ALL_UPDATED' } } })
const answered = settings({ trigger: { table_update: table } })
const withCluster = (new_cluster: Readonly<Record<string, boolean>>) =>
  settings({ job_clusters: [{ job_cluster_key: 'c', new_cluster }] })
const serverless = (of: Readonly<Record<string, string>>) =>
  settings({ environments: [{ environment_key: 'e', spec: of }] })

it.each<[string, JobSettings, JobSettings]>([
  [
    'the retry mode of a continuous job, and the waits of a file trigger',
    settings({ continuous: {}, trigger: { file_arrival: { url: 's3://b/' } } }),
    settings({
      continuous: { pause_status: 'UNPAUSED', task_retry_mode: 'NEVER' },
      trigger: {
        pause_status: 'UNPAUSED',
        file_arrival: {
          url: 's3://b/',
          min_time_between_triggers_seconds: 0,
          wait_after_last_change_seconds: 0,
        },
      },
    }),
  ],
  [
    'the version of a serverless environment, under its other name',
    serverless({ client: '2' }),
    serverless({ client: '2', environment_version: '2' }),
  ],
  ['a condition that the service takes and never answers', asked, answered],
  [
    'a field of a job cluster that the service takes and never answers',
    withCluster({ apply_policy_default_values: true }),
    withCluster({}),
  ],
])('no difference: %s', (_, declared, observed) => {
  expect(changes(declared, observed)).toEqual([])
})

it('what is never answered is known from the record', () => {
  expect(changes(asked, answered, asked)).toEqual([])
  expect(changes(asked, answered, answered)).toEqual([
    { path: 'trigger.table_update.condition', old: undefined, new: 'ALL_UPDATED' },
  ])
})

it('so is what clusters/get never answers: the cluster is not edited again and again', () => {
  const declared = spec({ apply_policy_default_values: true })
  const observed = without(declared, 'apply_policy_default_values')
  const paths = (recorded?: typeof declared) =>
    compareSpec(declared, observed, recorded, tools.fields).map(({ path }) => path)
  expect(paths()).toEqual([])
  expect(paths(declared)).toEqual([])
  expect(paths(spec())).toEqual(['apply_policy_default_values'])
})
