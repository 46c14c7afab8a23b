import type { Pipeline } from '../../../src/ci/model.ts'
import type { Happening } from '../../../src/ci/triggers.ts'
import type { Moment, Variables } from './rules.ts'

export const mergeRequest = (source: string, project: string): Moment => ({
  variables: {
    CI_PIPELINE_SOURCE: 'merge_request_event',
    CI_MERGE_REQUEST_IID: '4',
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: source,
    CI_MERGE_REQUEST_PROJECT_ID: '1',
    CI_PROJECT_ID: project,
  },
  changed: ['README.md'],
})

/** What GitLab knows of it. All of the moments come to the same, save for schedules: there is one a job. */
export const momentsOf = (pipeline: Pipeline, happening: Happening): Moment[] => {
  const { branch = 'master', changed = 'unknown', event, fork, schedule } = happening
  const on = (source: string, more: Variables = {}): Moment => ({
    variables: { CI_PIPELINE_SOURCE: source, CI_COMMIT_BRANCH: branch, ...more },
  })
  if (event === 'push') return [{ ...on('push'), ...(changed !== 'unknown' && { changed }) }]
  if (event === 'manual') return [on('web'), on('api')]
  if (event === 'tag') return [{ variables: { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_TAG: 'v1' } }]
  // A member of the project may start the pipeline of a fork's merge request in the project itself.
  if (event === 'merge_request')
    return fork ? [mergeRequest('7', '7'), mergeRequest('7', '1')] : [mergeRequest('1', '1')]
  if (schedule === undefined) return [on('schedule')]
  return pipeline.jobs
    .filter((job) => job.schedule === schedule)
    .map(({ name }) => on('schedule', { BRICKRAIL_SCHEDULE: name }))
}
