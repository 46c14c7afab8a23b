import { groupOf } from '../ci/azure/environment.ts'
import { environmentOf } from '../ci/gitlab/job.ts'
import type { Job, Pipeline } from '../ci/model.ts'
import { unique } from '../ci/sets.ts'
import { isOpen } from '../ci/triggers.ts'
import type { WantedResource } from '../host/bootstrap.ts'
import type { HostName } from './bootstrap-address.ts'

/** What it is given must reach nobody but those who may change the default branch, or approve. */
export const isClosed = ({ access, approval, lock }: Job): boolean =>
  access === 'write' || approval || lock !== undefined

/**
 * Where a host keeps what a job is given: where the renderers say that it looks.
 * @returns an environment, or a variable group (Azure); undefined: the whole project
 */
export const scopeOf = (host: HostName, job: Job, pipeline: Pipeline): string | undefined => {
  if (host === 'azure') return groupOf(job, pipeline)
  return host === 'gitlab' ? environmentOf(job)?.name : job.environment
}

/** Of what these jobs share: one that writes keeps it closed, whatever starts the others. */
export const allowedOf = (jobs: readonly Job[], defaultBranch: string): Omit<WantedResource, 'name'> => {
  const closed = jobs.filter(isClosed)
  if (closed.length === 0 && jobs.some(isOpen)) return { branches: [], tags: false }
  const those = closed.length > 0 ? closed : jobs
  const pushed = those.flatMap(({ on, branches }) => (on.includes('push') ? branches : []))
  return {
    branches: unique([defaultBranch, ...pushed]),
    tags: those.some(({ on }) => on.includes('tag')),
  }
}
