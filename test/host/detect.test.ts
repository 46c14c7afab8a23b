import { describe, expect, it } from 'vitest'

import { detectHost, type Env, type HostContext } from '../../src/host/detect.ts'

const gitlab = {
  CI: 'true',
  GITLAB_CI: 'true',
  CI_PIPELINE_ID: '1057',
  CI_PIPELINE_URL: 'https://gitlab.example.com/ml/tesseract/-/pipelines/1057',
  CI_JOB_URL: 'https://gitlab.example.com/ml/tesseract/-/jobs/9021',
  CI_COMMIT_SHA: '1ecfd275763eff1d6b4844ea3168962458c9f27a',
  CI_DEFAULT_BRANCH: 'master',
  GITLAB_USER_LOGIN: 'ada',
}
const gitlabContext = {
  host: 'gitlab',
  pipelineUrl: gitlab.CI_PIPELINE_URL,
  jobUrl: gitlab.CI_JOB_URL,
  actor: 'ada',
  commit: gitlab.CI_COMMIT_SHA,
  defaultBranch: 'master',
  runId: '1057',
} as const

const azure = {
  TF_BUILD: 'True',
  SYSTEM_COLLECTIONURI: 'https://dev.azure.com/fabrikam/',
  SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: 'https://dev.azure.com/fabrikam/',
  SYSTEM_TEAMPROJECT: 'Big Data',
  SYSTEM_JOBID: '12f1170f-54f2-53f3-20dd-22fc7dff55f9',
  BUILD_BUILDID: '482',
  BUILD_REQUESTEDFOR: 'Ada Lovelace',
  BUILD_REQUESTEDFOREMAIL: 'ada@fabrikam.example',
  BUILD_SOURCEVERSION: 'be7e10ac3d4e2eb0e9f8c6b5e1b9d24ab1e1d3f0',
  BUILD_SOURCEBRANCH: 'refs/heads/feature/tools',
}
const azureUrl = 'https://dev.azure.com/fabrikam/Big%20Data/_build/results?buildId=482'
const azureContext = {
  host: 'azure',
  pipelineUrl: azureUrl,
  jobUrl: `${azureUrl}&view=logs&j=12f1170f-54f2-53f3-20dd-22fc7dff55f9`,
  actor: 'ada@fabrikam.example',
  commit: azure.BUILD_SOURCEVERSION,
  branch: 'feature/tools',
  runId: '482',
} as const

const github = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'octocat/Hello-World',
  GITHUB_RUN_ID: '1658821493',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_ACTOR: 'octocat',
  GITHUB_TRIGGERING_ACTOR: 'hubot',
  GITHUB_SHA: 'ffac537e6cbbf934b08745a378932722df287a53',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_HEAD_REF: '',
}
const githubUrl = 'https://github.com/octocat/Hello-World/actions/runs/1658821493'
const githubContext = {
  host: 'github',
  pipelineUrl: githubUrl,
  actor: 'hubot',
  commit: github.GITHUB_SHA,
  branch: 'main',
  runId: '1658821493',
} as const

const without = <T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> => {
  const copy = { ...value }
  for (const key of keys) delete copy[key]
  return copy
}

const table: Record<string, [string, Env, HostContext][]> = {
  gitlab: [
    [
      'push to a branch',
      { ...gitlab, CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'master' },
      { ...gitlabContext, branch: 'master', event: 'push' },
    ],
    [
      'merge request: no CI_COMMIT_BRANCH there',
      { ...gitlab, CI_PIPELINE_SOURCE: 'merge_request_event', CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feat' },
      { ...gitlabContext, branch: 'feat', event: 'merge_request' },
    ],
    [
      'tag: pushed, but no branch',
      { ...gitlab, CI_PIPELINE_SOURCE: 'push', CI_COMMIT_TAG: 'v1' },
      { ...gitlabContext, event: 'tag' },
    ],
    [
      'schedule',
      { ...gitlab, CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_BRANCH: 'master' },
      { ...gitlabContext, branch: 'master', event: 'schedule' },
    ],
    [
      'run by hand on the web page',
      { ...gitlab, CI_PIPELINE_SOURCE: 'web', CI_COMMIT_BRANCH: 'x' },
      { ...gitlabContext, branch: 'x', event: 'manual' },
    ],
    [
      'a source that says nothing of why',
      { ...gitlab, CI_PIPELINE_SOURCE: 'parent_pipeline', CI_COMMIT_BRANCH: 'x' },
      { ...gitlabContext, branch: 'x' },
    ],
  ],
  azure: [
    ['push', { ...azure, BUILD_REASON: 'IndividualCI' }, { ...azureContext, event: 'push' }],
    ['batched push', { ...azure, BUILD_REASON: 'BatchedCI' }, { ...azureContext, event: 'push' }],
    ['by hand', { ...azure, BUILD_REASON: 'Manual' }, { ...azureContext, event: 'manual' }],
    ['schedule', { ...azure, BUILD_REASON: 'Schedule' }, { ...azureContext, event: 'schedule' }],
    [
      'pull request: the source branch, not the merge ref',
      {
        ...azure,
        BUILD_REASON: 'PullRequest',
        BUILD_SOURCEBRANCH: 'refs/pull/17/merge',
        SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/users/ada/fix',
      },
      { ...azureContext, branch: 'users/ada/fix', event: 'merge_request' },
    ],
    [
      'tag',
      { ...azure, BUILD_REASON: 'IndividualCI', BUILD_SOURCEBRANCH: 'refs/tags/v1' },
      { ...without(azureContext, 'branch'), event: 'tag' },
    ],
    [
      'another pipeline; text that was not expanded is not a value',
      { ...azure, BUILD_REASON: 'ResourceTrigger', BUILD_REQUESTEDFOREMAIL: '$(Build.RequestedForEmail)' },
      { ...azureContext, actor: 'Ada Lovelace' },
    ],
  ],
  github: [
    ['push', { ...github, GITHUB_EVENT_NAME: 'push' }, { ...githubContext, event: 'push' }],
    [
      'pull request: the head branch, not 17/merge',
      {
        ...github,
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_REF_NAME: '17/merge',
        GITHUB_HEAD_REF: 'feature-branch-1',
      },
      { ...githubContext, branch: 'feature-branch-1', event: 'merge_request' },
    ],
    [
      'tag',
      { ...github, GITHUB_EVENT_NAME: 'push', GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' },
      { ...without(githubContext, 'branch'), event: 'tag' },
    ],
    [
      'second attempt has a page of its own',
      { ...github, GITHUB_EVENT_NAME: 'schedule', GITHUB_RUN_ATTEMPT: '2' },
      { ...githubContext, pipelineUrl: `${githubUrl}/attempts/2`, event: 'schedule' },
    ],
    ['by hand', { ...github, GITHUB_EVENT_NAME: 'workflow_dispatch' }, { ...githubContext, event: 'manual' }],
  ],
  local: [
    ['nothing set', {}, { host: 'local' }],
    ['a shell', { USER: 'ada', HOSTNAME: 'engine' }, { host: 'local', actor: 'ada@engine' }],
    ['Windows', { USERNAME: 'ada', COMPUTERNAME: 'ENGINE' }, { host: 'local', actor: 'ada@ENGINE' }],
    ['an unknown CI host', { CI: 'true', JENKINS_URL: 'https://ci.example' }, { host: 'local' }],
    [
      'the local GitLab runner, which says so',
      { GITLAB_CI: 'false', USER: 'ada' },
      { host: 'local', actor: 'ada' },
    ],
  ],
}

describe.each(Object.entries(table))('%s', (_host, rows) => {
  it.each(rows)('%s', (_name, env, expected) => {
    expect(detectHost(env)).toEqual(expected)
  })
})

describe('what the machine tells', () => {
  it('is used locally, before what variables say', () => {
    const local = { actor: 'ada@engine', commit: 'abc', branch: 'x' }
    expect(detectHost({ USER: 'bob' }, local)).toEqual({ host: 'local', ...local })
  })

  it('is not used on a CI host', () => {
    const env = { ...github, GITHUB_EVENT_NAME: 'push' }
    expect(detectHost(env, { actor: 'runner@vm', branch: 'x' })).toEqual({ ...githubContext, event: 'push' })
  })
})
