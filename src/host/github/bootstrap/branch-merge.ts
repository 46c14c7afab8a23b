interface Enabled {
  enabled?: boolean
}

interface People {
  users?: { login?: string }[]
  teams?: { slug?: string }[]
  apps?: { slug?: string }[]
}

/** Of GET …/branches/{branch}/protection: its shape is not that of PUT. */
export interface BranchProtection {
  required_status_checks?: {
    strict?: boolean
    contexts?: string[]
    checks?: { context: string; app_id: number | null }[]
  }
  enforce_admins?: Enabled
  required_pull_request_reviews?: {
    dismissal_restrictions?: People
    dismiss_stale_reviews?: boolean
    require_code_owner_reviews?: boolean
    required_approving_review_count?: number
    require_last_push_approval?: boolean
    bypass_pull_request_allowances?: People
  }
  restrictions?: People
  required_linear_history?: Enabled
  allow_force_pushes?: Enabled
  allow_deletions?: Enabled
  block_creations?: Enabled
  required_conversation_resolution?: Enabled
  lock_branch?: Enabled
  allow_fork_syncing?: Enabled
}

const names = ({ users, teams, apps }: People) => ({
  users: (users ?? []).flatMap(({ login }) => login ?? []),
  teams: (teams ?? []).flatMap(({ slug }) => slug ?? []),
  apps: (apps ?? []).flatMap(({ slug }) => slug ?? []),
})

const reviewsOf = (reviews: NonNullable<BranchProtection['required_pull_request_reviews']>) => {
  const { dismissal_restrictions: dismissal, bypass_pull_request_allowances: bypass } = reviews
  return {
    dismiss_stale_reviews: reviews.dismiss_stale_reviews === true,
    require_code_owner_reviews: reviews.require_code_owner_reviews === true,
    required_approving_review_count: reviews.required_approving_review_count ?? 0,
    require_last_push_approval: reviews.require_last_push_approval === true,
    ...(dismissal ? { dismissal_restrictions: names(dismissal) } : {}),
    ...(bypass ? { bypass_pull_request_allowances: names(bypass) } : {}),
  }
}

const switches = [
  'required_linear_history',
  'allow_force_pushes',
  'allow_deletions',
  'block_creations',
  'required_conversation_resolution',
  'lock_branch',
  'allow_fork_syncing',
] as const

/**
 * Body of PUT that says again what protects the branch, and requires checks besides. PUT switches off what it does not
 * name: https://docs.github.com/rest/branches/branch-protection#update-branch-protection
 */
export const withChecks = (there: BranchProtection | undefined, checks: readonly string[]) => {
  const reviews = there?.required_pull_request_reviews
  const now = there?.required_status_checks
  return {
    required_status_checks: {
      strict: now?.strict === true,
      contexts: [...new Set([...(now?.contexts ?? []), ...checks])],
    },
    enforce_admins: there?.enforce_admins?.enabled === true,
    required_pull_request_reviews: reviews ? reviewsOf(reviews) : null,
    restrictions: there?.restrictions ? names(there.restrictions) : null,
    ...Object.fromEntries(
      switches.flatMap((name) => {
        const enabled = there?.[name]?.enabled
        return enabled === undefined ? [] : [[name, enabled]]
      }),
    ),
  }
}
