// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
import { context, mergeRequest, setValue, type Env, type HostEvent, type ReadHost } from '../context.ts'

/** GITHUB_EVENT_NAME -> event. */
const events: Readonly<Record<string, HostEvent>> = {
  push: 'push',
  pull_request: 'merge_request',
  pull_request_target: 'merge_request',
  schedule: 'schedule',
  workflow_dispatch: 'manual',
  repository_dispatch: 'manual',
}

/** A re-run keeps its GITHUB_RUN_ID; only the attempt tells its page apart. */
const runUrl = (env: Env): string | undefined => {
  const server = setValue(env['GITHUB_SERVER_URL'])
  const repository = setValue(env['GITHUB_REPOSITORY'])
  const run = setValue(env['GITHUB_RUN_ID'])
  if (server === undefined || repository === undefined || run === undefined) return undefined
  const attempt = setValue(env['GITHUB_RUN_ATTEMPT']) ?? '1'
  return `${server}/${repository}/actions/runs/${run}${attempt === '1' ? '' : `/attempts/${attempt}`}`
}

/** `refs/pull/17/merge`. Whether it comes from a fork stands only in the file GITHUB_EVENT_PATH. */
const pullNumber = (ref: string | undefined): string | undefined =>
  /^refs\/pull\/(\d+)\//.exec(ref ?? '')?.[1]

/** GitHub sets `GITHUB_ACTIONS=true`. It tells neither the job's page nor the default branch in variables. */
export const readGithub = ((env) => {
  if (env['GITHUB_ACTIONS'] !== 'true') return undefined
  const type = env['GITHUB_REF_TYPE']
  const source = events[env['GITHUB_EVENT_NAME'] ?? '']
  // GITHUB_HEAD_REF exists in pull requests only; there GITHUB_REF_NAME is `12/merge`, though its type says `branch`.
  const head = setValue(env['GITHUB_HEAD_REF'])
  return context('github', {
    pipelineUrl: runUrl(env),
    actor: setValue(env['GITHUB_TRIGGERING_ACTOR']) ?? setValue(env['GITHUB_ACTOR']),
    commit: setValue(env['GITHUB_SHA']),
    branch: head ?? (type === 'branch' ? setValue(env['GITHUB_REF_NAME']) : undefined),
    event: source === 'push' && type === 'tag' ? 'tag' : source,
    runId: setValue(env['GITHUB_RUN_ID']),
    root: setValue(env['GITHUB_WORKSPACE']),
    mergeRequest: mergeRequest(pullNumber(env['GITHUB_REF']), setValue(env['GITHUB_BASE_REF'])),
  })
}) satisfies ReadHost
