import { Fail } from '../../../errors.ts'
import type { BootstrapStep, Wanted, WantedEnvironment } from '../../bootstrap.ts'
import { ask } from '../../bootstrap-ask.ts'
import { done, forOwner, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import { approversOf, isSame, nameOf, type Approver } from './approvers.ts'
import { settings, type Gitlab } from './client.ts'

/** https://docs.gitlab.com/api/protected_environments/ (Premium and Ultimate) */
interface ProtectedEnvironment {
  name: string
  approval_rules?: Approver[]
}

const maintainers = [{ access_level: 40 }] as const

/** GitLab leaves out, without a word, approvers who are no members of the project. */
const assertApproved = (environment: ProtectedEnvironment, asked: readonly Approver[]): void => {
  const missing = asked.filter(
    (approver) => !environment.approval_rules?.some((rule) => isSame(rule, approver)),
  )
  if (missing.length === 0) return
  throw new Fail('CI_REFUSED', {
    host: 'GitLab',
    method: 'POST',
    path: 'protected_environments',
    status: 'taken without them',
    message: `${missing.map(nameOf).join(', ')} cannot approve deployments to ${environment.name}`,
    hint: 'make them members of the project (Developer or more; groups: invite them to it), then run this again',
  })
}

const rulesFor = (approvers: readonly Approver[]) =>
  approvers.map(({ user_id, group_id }) => ({
    ...(user_id ? { user_id } : { group_id }),
    required_approvals: 1,
  }))

const protect = async ({ api, project }: Gitlab, name: string, approvers: readonly Approver[]) => {
  const settings = { approval_rules: rulesFor(approvers) }
  const made = await ask(`to protect environment ${name}`, () =>
    api.ProjectProtectedEnvironments.create(project.id, name, [...maintainers] as never, settings as never),
  )
  assertApproved(made, approvers)
}

/** Rules that are sent without an id are added to those that are there. */
const addRules = async ({ api, project }: Gitlab, name: string, approvers: readonly Approver[]) => {
  const settings = { approval_rules: rulesFor(approvers) }
  const changed = await ask(`to change the approvals of ${name}`, () =>
    api.ProjectProtectedEnvironments.edit(project.id, encodeURIComponent(name), settings as never),
  )
  assertApproved(changed, approvers)
}

const approvalStep = async (
  gitlab: Gitlab,
  environment: WantedEnvironment,
  all: readonly ProtectedEnvironment[],
): Promise<BootstrapStep> => {
  const { name } = environment
  const what = `approval before ${name}`
  const there = all.find((each) => each.name === name)
  if (environment.approvers.length === 0) {
    const rules = there?.approval_rules ?? []
    if (rules.length > 0) return done(what, rules.map(nameOf).join(', '))
    return forOwner(
      what,
      'say who approves: --approver with logins or groups, separated by commas; until then, whoever may push to a protected branch starts its jobs',
    )
  }
  const { found, unknown } = await approversOf(gitlab, environment.approvers)
  if (unknown.length > 0)
    return forOwner(what, `GitLab knows no user or group ${unknown.join(', ')} that this token can see`)
  if (!there) return toCreate(what, () => protect(gitlab, name, found), environment.approvers.join(', '))
  const missing = found.filter((approver) => !there.approval_rules?.some((rule) => isSame(rule, approver)))
  if (missing.length === 0) return done(what)
  return toUpdate(what, `${missing.map(nameOf).join(', ')} cannot approve yet`, () =>
    addRules(gitlab, name, missing),
  )
}

const approvals = async (gitlab: Gitlab, wanted: readonly WantedEnvironment[]): Promise<BootstrapStep[]> => {
  const { api, project } = gitlab
  if (wanted.length === 0) return []
  const names = wanted.map(({ name }) => name).join(', ')
  const why = `protected environments need GitLab Premium and a Maintainer (${settings(gitlab, 'ci_cd')}, Protected environments); without them, whoever may push to a protected branch starts the jobs of ${names}`
  return await orOwner(
    `approval before ${names}`,
    why,
    async () => {
      const all = (await ask('to read protected environments', () =>
        api.ProjectProtectedEnvironments.all(project.id),
      )) as unknown as ProtectedEnvironment[]
      return await Promise.all(wanted.map((environment) => approvalStep(gitlab, environment, all)))
    },
    // Where the licence does not have them, there is no such page.
    [404],
  )
}

/** Environments, and who approves deployments to them. */
export const environmentSteps = async (gitlab: Gitlab, wanted: Wanted): Promise<BootstrapStep[]> => {
  const { api, project } = gitlab
  const why = `${project.web_url}/-/environments`
  const steps = await orOwner('environments', `make them in ${why}`, async () => {
    const all = await ask('to read environments', () => api.Environments.all(project.id, { perPage: 100 }))
    return wanted.environments.map(({ name }) => {
      const what = `environment ${name}`
      if (all.some((each) => each.name === name)) return done(what)
      return toCreate(what, () => ask(`to create ${what}`, () => api.Environments.create(project.id, name)))
    })
  })
  const guarded = wanted.environments.filter(({ approval }) => approval)
  return [...steps, ...(await approvals(gitlab, guarded))]
}
