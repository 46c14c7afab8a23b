// https://docs.gitlab.com/ci/variables/predefined_variables/
import {
  context,
  mergeRequest,
  setValue,
  type Env,
  type HostEvent,
  type MergeRequest,
  type ReadHost,
} from '../context.ts'

/** CI_PIPELINE_SOURCE -> event; `parent_pipeline`, `pipeline`, `trigger`, `chat` and others say nothing of why. */
const events: Readonly<Record<string, HostEvent>> = {
  push: 'push',
  merge_request_event: 'merge_request',
  external_pull_request_event: 'merge_request',
  schedule: 'schedule',
  web: 'manual',
  api: 'manual',
}

/** The project of the source branch is another one in a merge request from a fork. */
const request = (env: Env): MergeRequest | undefined => {
  const [source, target] = [
    setValue(env['CI_MERGE_REQUEST_SOURCE_PROJECT_ID']),
    setValue(env['CI_MERGE_REQUEST_PROJECT_ID']),
  ]
  return mergeRequest(
    setValue(env['CI_MERGE_REQUEST_IID']),
    setValue(env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME']),
    source === undefined || target === undefined ? undefined : source !== target,
  )
}

/** GitLab sets `GITLAB_CI=true`; CI_COMMIT_BRANCH is absent in merge request and tag pipelines. */
export const readGitlab = ((env) => {
  if (env['GITLAB_CI'] !== 'true') return undefined
  const source = events[env['CI_PIPELINE_SOURCE'] ?? '']
  const tagged = setValue(env['CI_COMMIT_TAG']) !== undefined
  return context('gitlab', {
    pipelineUrl: setValue(env['CI_PIPELINE_URL']),
    jobUrl: setValue(env['CI_JOB_URL']),
    actor: setValue(env['GITLAB_USER_LOGIN']),
    commit: setValue(env['CI_COMMIT_SHA']),
    branch: setValue(env['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME']) ?? setValue(env['CI_COMMIT_BRANCH']),
    defaultBranch: setValue(env['CI_DEFAULT_BRANCH']),
    event: source === 'push' && tagged ? 'tag' : source,
    runId: setValue(env['CI_PIPELINE_ID']),
    root: setValue(env['CI_PROJECT_DIR']),
    mergeRequest: request(env),
  })
}) satisfies ReadHost
