import { groupOf } from '../ci/azure/environment.ts'
import type { Job, Pipeline } from '../ci/model.ts'
import type { WantedResource } from '../host/bootstrap.ts'
import type { HostName } from './bootstrap-address.ts'

export const unique = <T>(items: readonly T[]): T[] => [...new Set(items)]

/** A merge request or a tag starts it: whoever may push either decides what its code is. */
export const isOpen = ({ on }: Job): boolean => on.includes('merge_request') || on.includes('tag')

/** What it is given must reach nobody but those who may change the default branch, or approve. */
export const isClosed = ({ access, approval, lock }: Job): boolean =>
  access === 'write' || approval || lock !== undefined

/**
 * Where a host keeps what a job is given: the same rules by which the renderers say where it looks.
 * @returns an environment, or a variable group (Azure); undefined: the whole project
 */
export const scopeOf = (host: HostName, job: Job, pipeline: Pipeline): string | undefined => {
  if (host === 'azure') return groupOf(job, pipeline)
  const { access, approval, environment, target } = job
  if (host === 'gitlab' && access === 'read' && !approval && target !== undefined) return `plan/${target}`
  return environment
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
