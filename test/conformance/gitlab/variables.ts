import type { GitlabFake } from '../../host/fakes/gitlab.ts'
import type { Workspace } from '../ci/workspace.ts'

/** What GitLab sets in every job and gitlab-ci-local does not. */
export const host = { GITLAB_CI: 'true' }
export const push = { ...host }
export const schedule = { ...host, CI_PIPELINE_SOURCE: 'schedule' }

/** Of project 12, whose API is the fake. */
export const mergeRequest = ({ url }: GitlabFake, sourceProject: string): Record<string, string> => ({
  ...host,
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_PROJECT_ID: '12',
  CI_API_V4_URL: `${url}/api/v4`,
  CI_MERGE_REQUEST_IID: '3',
  CI_MERGE_REQUEST_PROJECT_ID: '12',
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: sourceProject,
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'master',
})
export const noBranch = ['--unset-variable', 'CI_COMMIT_BRANCH']

/** As project variables on GitLab: of an environment each, so that only jobs of these environments have credentials. */
export const credentials = ({ url, token }: Workspace): string =>
  JSON.stringify({
    DATABRICKS_HOST: { values: { dev: url, 'plan/dev': url } },
    DATABRICKS_TOKEN: { values: { dev: token, 'plan/dev': token } },
  })

/** The same, and those of somebody else for the jobs that move models. */
export const modelCredentials = ({ url, token }: Workspace, release: string): string =>
  JSON.stringify({
    DATABRICKS_HOST: { values: { dev: url, 'plan/dev': url, 'dev-models': url } },
    DATABRICKS_TOKEN: { values: { dev: token, 'plan/dev': token, 'dev-models': release } },
  })
