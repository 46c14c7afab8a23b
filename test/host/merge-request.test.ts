import { describe, expect, it } from 'vitest'
import { detectHost, type Env, type HostContext } from '../../src/host/detect.ts'

const gitlab = {
  GITLAB_CI: 'true',
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_MERGE_REQUEST_IID: '17',
  CI_MERGE_REQUEST_ID: '990017',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'master',
  CI_MERGE_REQUEST_PROJECT_ID: '42',
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '42',
}
const azure = {
  TF_BUILD: 'True',
  BUILD_REASON: 'PullRequest',
  SYSTEM_PULLREQUEST_PULLREQUESTID: '17',
  SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/release/1',
  SYSTEM_PULLREQUEST_ISFORK: 'False',
}
const github = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/17/merge' }

const table: [string, Env, HostContext['mergeRequest']][] = [
  ['gitlab: the iid, not the id', gitlab, { number: 17, targetBranch: 'master', fork: false }],
  [
    'gitlab, from a fork',
    { ...gitlab, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '43' },
    { number: 17, targetBranch: 'master', fork: true },
  ],
  ['gitlab, a branch', { GITLAB_CI: 'true', CI_COMMIT_BRANCH: 'master' }, undefined],
  ['azure', azure, { number: 17, targetBranch: 'release/1', fork: false }],
  [
    'azure building a repository of GitHub: the number, not the id of the whole site',
    {
      ...azure,
      SYSTEM_PULLREQUEST_PULLREQUESTID: '1234567',
      SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: '17',
      SYSTEM_PULLREQUEST_TARGETBRANCH: 'main',
      SYSTEM_PULLREQUEST_ISFORK: 'True',
    },
    { number: 17, targetBranch: 'main', fork: true },
  ],
  [
    'azure, text that was not expanded',
    { ...azure, SYSTEM_PULLREQUEST_PULLREQUESTID: '$(System.PullRequest.PullRequestId)' },
    undefined,
  ],
  [
    'github: variables do not tell of forks',
    { ...github, GITHUB_BASE_REF: 'main' },
    { number: 17, targetBranch: 'main' },
  ],
  ['github, a branch of that name', { ...github, GITHUB_REF: 'refs/heads/refs/pull/17/merge' }, undefined],
  ['github, a push', { ...github, GITHUB_REF: 'refs/heads/main', GITHUB_BASE_REF: '' }, undefined],
]

describe('the merge request of a job', () => {
  it.each(table)('%s', (_name, env, expected) => {
    expect(detectHost(env).mergeRequest).toEqual(expected)
  })
})

it.each([
  ['gitlab', { GITLAB_CI: 'true', CI_PROJECT_DIR: '/builds/ml' }, '/builds/ml'],
  ['azure', { TF_BUILD: 'True', BUILD_SOURCESDIRECTORY: '/agent/1/s' }, '/agent/1/s'],
  ['github', { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: '/home/runner/work/ml' }, '/home/runner/work/ml'],
  ['local', {}, undefined],
])('%s: the folder of the checkout', (_name, env, root) => {
  expect(detectHost(env).root).toBe(root)
})
