import type { BootstrapStep, Wanted } from '../../bootstrap.ts'
import { ask, orNothing } from '../../bootstrap-ask.ts'
import { done, forOwner, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import { withChecks, type BranchProtection } from './branch-merge.ts'
import type { Github } from './client.ts'

interface Rule {
  type: string
  ruleset_id?: number
  parameters?: { required_status_checks?: { context: string }[] }
}

/** Rules of rulesets that hold for a branch; readable without admin rights. */
const rulesOf = async ({ api, at }: Github, branch: string): Promise<Rule[]> => {
  const found = await orNothing(() =>
    ask(`to read the rules of ${branch}`, () => api.repos.getBranchRules({ ...at, branch, per_page: 100 })),
  )
  return (found?.data ?? []) as Rule[]
}

const protectionOf = async ({ api, at }: Github, branch: string) =>
  (
    await orNothing(() =>
      ask(`to read the protection of ${branch}`, () => api.repos.getBranchProtection({ ...at, branch })),
    )
  )?.data as BranchProtection | undefined

/** 404 is said of a branch without protection and of one that does not exist. */
const exists = async ({ api, at }: Github, branch: string): Promise<boolean> =>
  (await orNothing(() => ask(`to read ${branch}`, () => api.repos.getBranch({ ...at, branch })))) !==
  undefined

const protect = async (
  { api, at }: Github,
  branch: string,
  there: BranchProtection | undefined,
  checks: readonly string[],
): Promise<void> => {
  // Adds, and touches nothing else.
  if (there?.required_status_checks)
    await ask(`to require ${checks.join(', ')}`, () =>
      api.repos.addStatusCheckContexts({ ...at, branch, contexts: [...checks] }),
    )
  else
    await ask(`to protect ${branch}`, () =>
      api.repos.updateBranchProtection({ ...at, branch, ...withChecks(there, checks) }),
    )
}

const checksIn = ({ required_status_checks: required }: BranchProtection): string[] => [
  ...(required?.contexts ?? []),
  ...(required?.checks ?? []).map(({ context }) => context),
]

const step = async (github: Github, { defaultBranch: branch, checks }: Wanted): Promise<BootstrapStep[]> => {
  const what = `required check on ${branch}: ${checks.join(', ')}`
  const rules = await rulesOf(github, branch)
  const ruled = rules.flatMap(({ parameters }) => parameters?.required_status_checks ?? [])
  const unruled = checks.filter((check) => !ruled.some(({ context }) => context === check))
  if (unruled.length === 0) return [done(what, 'by a ruleset')]
  const there = await protectionOf(github, branch)
  const missing = unruled.filter((check) => !there || !checksIn(there).includes(check))
  if (missing.length === 0) return [done(what)]
  if (!there && rules.length > 0) {
    const pages = [...new Set(rules.flatMap(({ ruleset_id: id }) => id ?? []))]
      .map((id) => `${github.repository.html_url}/settings/rules/${id}`)
      .join(', ')
    return [forOwner(what, `${branch} is protected by rulesets: require the check there: ${pages}`)]
  }
  if (!there && !(await exists(github, branch)))
    return [forOwner(what, `there is no branch ${branch} yet: push it, then run this again`)]
  const apply = () => protect(github, branch, there, missing)
  return [
    there
      ? toUpdate(what, 'added to the checks that are there', apply)
      : toCreate(what, apply, 'protects the branch'),
  ]
}

/** The check that holds a pull request back, added to what protects the branch already. */
export const branchSteps = async (github: Github, wanted: Wanted): Promise<BootstrapStep[]> => {
  if (wanted.checks.length === 0) return []
  const branch = wanted.defaultBranch
  const what = `required check on ${branch}: ${wanted.checks.join(', ')}`
  const why = `an admin requires it in ${github.repository.html_url}/settings/branches (private repositories need GitHub Pro, Team or Enterprise)`
  const other =
    github.repository.default_branch === branch
      ? []
      : [
          forOwner(
            'default branch',
            `the repository’s is ${github.repository.default_branch}, the spec’s is ${branch}: schedules and manual workflows of GitHub use the repository’s`,
          ),
        ]
  return [...other, ...(await orOwner(what, why, () => step(github, wanted)))]
}
