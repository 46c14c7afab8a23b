import { Fail } from '../../../errors.ts'
import type { BootstrapStep, Wanted, WantedEnvironment } from '../../bootstrap.ts'
import { ask, orNothing } from '../../bootstrap-ask.ts'
import { done, forOwner, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import { missingReviewers, protectionOf, type Environment, type Protection } from './protection.ts'
import { reviewersOf, type Reviewer } from './reviewers.ts'
import type { Github } from './client.ts'

/** GitHub takes no more: https://docs.github.com/rest/deployments/environments#create-or-update-an-environment */
const mostReviewers = 6

/** PUT replaces all of it: what is there is sent again. */
const put = async ({ api, at }: Github, name: string, protection: Protection) =>
  await ask(`to set up environment ${name}`, () =>
    api.repos.createOrUpdateEnvironment({ ...at, environment_name: name, ...protection }),
  )

/** A branch, or a pattern of tags, that may deploy. */
interface Policy {
  name: string
  type: 'branch' | 'tag'
}

/** Every tag that has no `/`: which of them somebody may push, rulesets say. */
const anyTag = '*'

const titleOf = ({ name, type }: Policy): string => (type === 'tag' ? `tags ${name}` : name)

const allow = async ({ api, at }: Github, name: string, policy: Policy) =>
  await ask(`to let ${titleOf(policy)} deploy to ${name}`, () =>
    api.repos.createDeploymentBranchPolicy({ ...at, environment_name: name, ...policy }),
  )

const bare: Protection = {
  wait_timer: 0,
  prevent_self_review: false,
  reviewers: [],
  deployment_branch_policy: null,
}

/** 422 «Please ensure the billing plan includes the required reviewers protection rule» */
const isPlanLimit = (error: unknown): error is Fail =>
  error instanceof Fail && /billing plan|upgrade to/i.test(String(error.context['message']))

/**
 * Without the plan for it there is no protection, but the environment still keeps secrets of its own. Between the two
 * calls no branch may deploy.
 */
const setUp = async (
  github: Github,
  name: string,
  protection: Protection,
  policies: readonly Policy[],
  isNew: boolean,
): Promise<void> => {
  try {
    await put(github, name, protection)
    for (const policy of policies) await allow(github, name, policy)
  } catch (error) {
    if (!isPlanLimit(error)) throw error
    if (isNew) await put(github, name, bare)
    const what = `to protect environment ${name}`
    throw new Fail('CI_DENIED', { ...error.context, what }, { cause: error })
  }
}

const read = async ({ api, at }: Github, name: string): Promise<Environment | undefined> =>
  (
    await orNothing(() =>
      ask(`to read environment ${name}`, () => api.repos.getEnvironment({ ...at, environment_name: name })),
    )
  )?.data as Environment | undefined

const policiesOf = async (github: Github, there: Environment | undefined): Promise<Policy[]> => {
  if (!there?.deployment_branch_policy?.custom_branch_policies) return []
  const { api, at } = github
  const { data } = await ask(`to read the branches of environment ${there.name}`, () =>
    api.repos.listDeploymentBranchPolicies({ ...at, environment_name: there.name, per_page: 100 }),
  )
  return data.branch_policies.flatMap(({ name, type }) => (name ? [{ name, type: type ?? 'branch' }] : []))
}

const isTag = ({ type }: Policy): boolean => type === 'tag'

/** Somebody who has named tags of their own has said which ones may. */
const missingPolicies = ({ branches, tags }: WantedEnvironment, there: readonly Policy[]): Policy[] => [
  ...branches
    .filter((branch) => !there.some((policy) => !isTag(policy) && policy.name === branch))
    .map((name): Policy => ({ name, type: 'branch' })),
  ...(tags && !there.some(isTag) ? [{ name: anyTag, type: 'tag' } as const] : []),
]

/** «Protected branches only» lets no tag deploy. */
const noTags = ({ name, tags }: WantedEnvironment, there: Environment | undefined): BootstrapStep[] => {
  if (!tags || there?.deployment_branch_policy?.protected_branches !== true) return []
  const why = 'only protected branches may: choose «Selected branches and tags» in the environment’s settings'
  return [forOwner(`deployments of tags to ${name}`, why)]
}

const isReviewed = (there: Environment | undefined): boolean =>
  there?.protection_rules?.some(({ type }) => type === 'required_reviewers') ?? false

/** What to say of an environment whose approvers nobody named. */
const nobody = ({ name, approval, approvers }: WantedEnvironment, there: Environment | undefined) => {
  if (!approval || approvers.length > 0 || isReviewed(there)) return []
  const why =
    'say who approves: --approver with logins or organization/team, separated by commas; until then, whoever may push starts its jobs'
  return [forOwner(`approval before ${name}`, why)]
}

const changesOf = (
  wanted: WantedEnvironment,
  there: Environment,
  reviewers: readonly Reviewer[],
  policies: readonly Policy[],
): string[] => {
  const open = wanted.branches.length > 0 && !there.deployment_branch_policy
  return [
    ...missingReviewers(there, reviewers).map(({ name }) => `${name} cannot approve yet`),
    ...(open
      ? ['any branch can deploy to it']
      : policies.map((policy) => `${titleOf(policy)} cannot deploy to it`)),
  ]
}

/** An environment that cannot get its approval; without one, it gets no secrets. */
const unapproved = (
  { name }: WantedEnvironment,
  there: Environment | undefined,
  why: string,
  withheld: Set<string>,
): BootstrapStep[] => {
  const what = `environment ${name}`
  if (isReviewed(there)) return [forOwner(what, why)]
  withheld.add(name)
  return [forOwner(what, `${why}; without its approval it gets no secrets`)]
}

const step = async (
  github: Github,
  wanted: WantedEnvironment,
  there: Environment | undefined,
  withheld: Set<string>,
): Promise<BootstrapStep[]> => {
  const { name } = wanted
  const what = `environment ${name}`
  const { found, unknown } = await reviewersOf(github, wanted.approvers)
  if (unknown.length > 0) {
    const why = `GitHub knows no user or team ${unknown.join(', ')} that this token can see: mend --approver`
    return unapproved(wanted, there, why, withheld)
  }
  const protection = protectionOf(wanted, there, found)
  if (protection.reviewers.length > mostReviewers) {
    const why = `GitHub takes ${mostReviewers} approvers at most: name a team instead`
    return unapproved(wanted, there, why, withheld)
  }
  const custom = protection.deployment_branch_policy?.custom_branch_policies === true
  const policies = custom ? missingPolicies(wanted, await policiesOf(github, there)) : []
  const apply = async () => {
    try {
      await setUp(github, name, protection, policies, !there)
    } catch (error) {
      // Where the plan has no approvals at all, the environment is there as far as it goes.
      if (!isPlanLimit(error)) withheld.add(name)
      throw error
    }
  }
  const said = [...nobody(wanted, there), ...noTags(wanted, there)]
  if (!there) return [...said, toCreate(what, apply)]
  const changes = changesOf(wanted, there, found, policies)
  return [...said, changes.length === 0 ? done(what) : toUpdate(what, changes.join('; '), apply)]
}

/**
 * Environments with their approvers and their branch. Nothing that is there is loosened.
 * @param withheld gets the names of those that lack an approval which nobody can give from here, and, once applied, of those
 * that failed
 */
export const environmentSteps = async (
  github: Github,
  wanted: Wanted,
  withheld: Set<string>,
): Promise<BootstrapStep[]> => {
  const steps = await Promise.all(
    wanted.environments.map(async (environment) => {
      const { name } = environment
      const why = `make it in ${github.repository.html_url}/settings/environments (private repositories need GitHub Team or Enterprise for approvals)`
      return await orOwner(`environment ${name}`, why, async () =>
        step(github, environment, await read(github, name), withheld),
      )
    }),
  )
  return steps.flat()
}
