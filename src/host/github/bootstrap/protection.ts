import type { WantedEnvironment } from '../../bootstrap.ts'
import type { Reviewer } from './reviewers.ts'

/** Of GET /repos/{owner}/{repo}/environments/{name} */
export interface Environment {
  name: string
  protection_rules?: {
    type: string
    wait_timer?: number
    prevent_self_review?: boolean
    reviewers?: { type: 'User' | 'Team'; reviewer: { id: number } }[]
  }[]
  deployment_branch_policy?: { protected_branches: boolean; custom_branch_policies: boolean } | null
}

/** Body of PUT, which replaces all of it. */
export interface Protection {
  wait_timer: number
  prevent_self_review: boolean
  reviewers: { type: 'User' | 'Team'; id: number }[]
  deployment_branch_policy: { protected_branches: boolean; custom_branch_policies: boolean } | null
}

const reviewRule = (there: Environment | undefined) =>
  there?.protection_rules?.find(({ type }) => type === 'required_reviewers')

const present = (there: Environment | undefined): Protection['reviewers'] =>
  (reviewRule(there)?.reviewers ?? []).map(({ type, reviewer }) => ({ type, id: reviewer.id }))

const isSame = (a: { type: string; id: number }, b: { type: string; id: number }): boolean =>
  a.type === b.type && a.id === b.id

export const missingReviewers = (
  there: Environment | undefined,
  reviewers: readonly Reviewer[],
): Reviewer[] => {
  const now = present(there)
  return reviewers.filter((reviewer) => !now.some((each) => isSame(each, reviewer)))
}

/**
 * What is there and what is wanted together. Whoever starts a deployment does not approve it, unless that was allowed here
 * before, or the only approver would be shut out.
 */
export const protectionOf = (
  { branches }: WantedEnvironment,
  there: Environment | undefined,
  wanted: readonly Reviewer[],
): Protection => {
  const rule = reviewRule(there)
  const reviewers = [
    ...present(there),
    ...missingReviewers(there, wanted).map(({ type, id }) => ({ type, id })),
  ]
  const alone = reviewers.length === 1 && reviewers[0]?.type === 'User'
  const policy = there?.deployment_branch_policy ?? null
  return {
    wait_timer: there?.protection_rules?.find(({ type }) => type === 'wait_timer')?.wait_timer ?? 0,
    prevent_self_review: rule ? rule.prevent_self_review === true : reviewers.length > 0 && !alone,
    reviewers,
    deployment_branch_policy:
      policy ?? (branches.length > 0 ? { protected_branches: false, custom_branch_policies: true } : null),
  }
}
