import { expect, it } from 'vitest'
import type { JobSettings } from '../../src/wire/jobs.ts'
import { job, ourJob, planJobsOf, settings, task, there } from './job-build.ts'

const changes = (declared: JobSettings, observed: JobSettings) =>
  planJobsOf([job({ settings: declared })], there({ owned: [ourJob(observed)] })).jobs?.[0]?.fields

/** As in a file: the types say less than the service takes. */
const written = (fields: object): JobSettings => ({ ...settings(), tasks: [{ ...task(), ...fields }] })
const small = { spark_version: '17.3.x-scala2.13', node_type_id: 'a' }
const onNew = (num_workers: unknown): JobSettings =>
  written({ existing_cluster_id: undefined, new_cluster: { ...small, num_workers } })

it.each<[string, JobSettings, JobSettings]>([
  ['digits for a number', written({ max_retries: '2' }), written({ max_retries: 2 })],
  ['digits for a default', written({ timeout_seconds: '0' }), written({})],
  ['a word for a flag', written({ retry_on_timeout: 'true' }), written({ retry_on_timeout: true })],
  [
    'numbers for words',
    written({ spark_python_task: { python_file: 'x', parameters: [1, true] } }),
    written({ spark_python_task: { python_file: 'x', parameters: ['1', 'true'] } }),
  ],
  ['digits for workers', onNew('2'), onNew(2)],
])('%s: no difference', (_, declared, observed) => {
  expect(changes(declared, observed)).toEqual([])
})

it('other digits are one', () => {
  expect(changes(written({ max_retries: '2' }), written({ max_retries: 3 }))).toEqual([
    { path: 'tasks.main.max_retries', old: 3, new: '2' },
  ])
})

it('an id that is written out, of a cluster that is not there, is refused', () => {
  const inLoop = { task_key: 'l', for_each_task: { inputs: '[1]', task: task() } }
  const plan = planJobsOf(
    [job({ settings: { ...settings(), tasks: [inLoop] } })],
    there({ lostClusters: ['1121-120000-abc', '1121-120000-other'] }),
  )
  expect(plan.refusals.map(({ what }) => what)).toEqual([
    'there is no cluster 1121-120000-abc, on which a task of job train is to run',
  ])
})
