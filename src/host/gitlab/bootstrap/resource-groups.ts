import type { BootstrapStep, Wanted } from '../../bootstrap.ts'
import { ask } from '../../bootstrap-ask.ts'
import { done, forOwner, orOwner, toUpdate } from '../../bootstrap-steps.ts'
import type { Gitlab } from './client.ts'

const mode = 'oldest_first'
const what = 'order of waiting jobs'

/**
 * For groups that are not there yet: they come with their first job, and then wait in no order unless the project says so.
 * Projects have a default since GitLab 18.4.
 */
const projectDefault = ({ api, project }: Gitlab, missing: readonly string[]): BootstrapStep => {
  const now = project.resource_group_default_process_mode
  const later = `run this again after the first deployment: GitLab makes ${missing.join(', ')} with its first job`
  if (now === undefined) return forOwner(what, later)
  if (now === mode) return done(what, `new groups: ${mode}`)
  if (now !== null && now !== 'unordered')
    return forOwner(what, `new groups of this project go ${now}; ${later}`)
  // gitbeaker 43.8.0 does not know the setting yet.
  const change: Record<string, string> = { resource_group_default_process_mode: mode }
  return toUpdate(what, `new groups: ${now ?? 'unordered'} -> ${mode}`, () =>
    ask('to set the order of waiting jobs', () => api.Projects.edit(project.id, change)),
  )
}

/** Deployments that wait for each other go in the order they came: https://docs.gitlab.com/ci/resource_groups/#process-modes */
export const resourceGroupSteps = async (gitlab: Gitlab, wanted: Wanted): Promise<BootstrapStep[]> => {
  const { api, project } = gitlab
  if (wanted.locks.length === 0) return []
  const why = `set process_mode ${mode} of ${wanted.locks.join(', ')} by the API (/projects/:id/resource_groups/:key)`
  return await orOwner(what, why, async () => {
    const all = await ask('to read resource groups', () => api.ResourceGroups.all(project.id))
    const there = (all as unknown as { key: string; process_mode: string }[]).filter(({ key }) =>
      wanted.locks.includes(key),
    )
    const missing = wanted.locks.filter((lock) => !there.some(({ key }) => key === lock))
    const steps = there.map(({ key, process_mode: now }) => {
      const title = `${what} for ${key}`
      if (now === mode) return done(title)
      return toUpdate(title, `${now} -> ${mode}`, () =>
        ask(`to change resource group ${key}`, () =>
          api.ResourceGroups.edit(project.id, key, { processMode: mode }),
        ),
      )
    })
    return missing.length === 0 ? steps : [...steps, projectDefault(gitlab, missing)]
  })
}
