import { Fail } from '../../errors.ts'
import { setValue, type Env } from '../context.ts'
import { unwrapped } from '../failures.ts'
import type { HostTools, LastGreen } from '../host.ts'
import { githubClient } from './client.ts'

const unreadable = (url: string, why: string, hint: string): Fail =>
  new Fail('CI_UNREACHABLE', { host: 'GitHub', url, why, hint })

interface Workflow {
  owner: string
  repo: string
  /** Name of its file, which the API takes for its id. */
  file: string
}

/**
 * This workflow, of GITHUB_WORKFLOW_REF: `owner/repo/.github/workflows/x.yml@refs/heads/b`. One that an organization
 * requires is of another repository, and its runs cannot be asked for here.
 */
const workflowOf = (env: Env, url: string): Workflow => {
  const repository = setValue(env['GITHUB_REPOSITORY']) ?? ''
  const [owner, repo] = repository.split('/')
  const ref = setValue(env['GITHUB_WORKFLOW_REF']) ?? ''
  const folder = `${repository}/.github/workflows/`
  const file = ref.startsWith(folder) ? /^([^/]+?\.ya?ml)@/.exec(ref.slice(folder.length))?.[1] : undefined
  if (owner && repo && file !== undefined) return { owner, repo, file }
  throw unreadable(
    url,
    `GITHUB_WORKFLOW_REF («${ref}») names no workflow of «${repository}»`,
    'run this in a workflow of the repository itself',
  )
}

/** Of an answer that may be anybody's. */
interface Listed {
  workflow_runs?: readonly ({ head_sha?: unknown } | null)[]
}

/** Of a push to a branch, its name; tags have no history of runs. */
const branchOf = (env: Env): string | undefined =>
  env['GITHUB_EVENT_NAME'] === 'push' && env['GITHUB_REF_TYPE'] === 'branch'
    ? setValue(env['GITHUB_REF_NAME'])
    : undefined

/** Commit of the newest successful run; a run that is repeated counts as one that has not ended. */
const ask = async (
  { owner, repo, file }: Workflow,
  branch: string,
  client: Awaited<ReturnType<typeof githubClient>>,
): Promise<string | undefined> => {
  const filter = { branch, event: 'push', status: 'success', per_page: 1 } as const
  const { data } = await unwrapped(
    client.actions.listWorkflowRuns({ owner, repo, workflow_id: file, ...filter }),
  )
  const { workflow_runs: runs } = (data ?? {}) as Listed
  const [newest] = Array.isArray(runs) ? runs : [{}]
  if (newest === undefined) return undefined
  const commit: unknown = newest?.head_sha
  if (typeof commit === 'string' && /^[\da-f]{40,64}$/.test(commit)) return commit
  throw unreadable(`${owner}/${repo}`, 'its list of runs has no commit', 'run the job again later')
}

/**
 * The commit of the last successful run of this very workflow for a push to this branch. What was cancelled or failed
 * since is in the difference: GitHub keeps one waiting run of a concurrency group, and cancels the one that waited before.
 * https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
 * @throws Fail CI_DENIED without `actions: read`; CI_REFUSED, CI_UNREACHABLE
 */
export const lastGreen = async (tools: HostTools): Promise<LastGreen> => {
  const { env } = tools
  const branch = branchOf(env)
  if (branch === undefined) return { none: 'this run is of no push to a branch' }
  const token = setValue(env['GITHUB_TOKEN'])
  if (token === undefined) return { none: 'GITHUB_TOKEN is not set' }
  const url = setValue(env['GITHUB_API_URL']) ?? 'https://api.github.com'
  const workflow = workflowOf(env, url)
  const commit = await ask(workflow, branch, await githubClient(url, token, tools))
  return commit === undefined
    ? { never: `no run of ${workflow.file} on ${branch} has been successful yet` }
    : { commit }
}
