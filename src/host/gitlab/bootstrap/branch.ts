import type { BootstrapStep, Wanted } from '../../bootstrap.ts'
import { ask } from '../../bootstrap-ask.ts'
import { done, forOwner, orOwner, toCreate } from '../../bootstrap-steps.ts'
import { settings, type Gitlab } from './client.ts'

/** GitLab protects by name or by a pattern with `*`. */
const covers = (pattern: string, branch: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(branch)

/** https://docs.gitlab.com/api/protected_branches/: 40 Maintainer, 30 Developer */
const levels = { pushAccessLevel: 40, mergeAccessLevel: 30 } as const

const defaultBranch = ({ project }: Gitlab, branch: string): BootstrapStep[] => {
  const there = project.default_branch
  if (there === null || there === branch) return []
  const why = `the project's is ${there}, the spec's is ${branch}: change ci.default_branch, or Settings > Repository > Branch defaults`
  return [forOwner('default branch', why)]
}

/** Protected secrets are handed to jobs of protected branches only. */
export const branchSteps = async (
  gitlab: Gitlab,
  { defaultBranch: branch }: Wanted,
): Promise<BootstrapStep[]> => {
  const { api, project } = gitlab
  const what = `protected branch ${branch}`
  const why = `protect it: ${settings(gitlab, 'repository')}, Protected branches`
  const steps = await orOwner(what, why, async () => {
    const there = await ask('to read the protected branches', () => api.ProtectedBranches.all(project.id))
    if (there.some(({ name }) => covers(name, branch))) return [done(what)]
    const protect = () =>
      ask(`to protect ${branch}`, () => api.ProtectedBranches.protect(project.id, branch, levels))
    return [toCreate(what, protect, 'Maintainers push, Developers merge')]
  })
  return [...defaultBranch(gitlab, branch), ...steps]
}
