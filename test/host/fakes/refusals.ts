import { github, html } from './failures.ts'
import type { Answer } from './server.ts'
import type { stages } from './stages.ts'

export interface Row {
  host: keyof typeof stages
  name: string
  answer: Answer
  /** Of the call that lists and makes comments, or of the status. */
  of?: 'status'
  method?: string
  code: string
  exit: number
  says: RegExp
  hint: RegExp
}

/** What hosts are known to answer, in their own words. */
export const refusals: Row[] = [
  {
    host: 'gitlab',
    name: 'an expired token',
    answer: {
      status: 401,
      body: {
        error: 'invalid_token',
        error_description: 'Token is expired. You can either do re-authorization or token refresh.',
      },
    },
    code: 'CI_DENIED',
    exit: 5,
    says: /GitLab does not allow GET .*401 Token is expired/,
    hint: /expired: rotate it/,
  },
  {
    host: 'gitlab',
    name: 'a revoked token',
    answer: {
      status: 401,
      body: {
        error: 'invalid_token',
        error_description: 'Token was revoked. You have to re-authorize from the user.',
      },
    },
    code: 'CI_DENIED',
    exit: 5,
    says: /revoked/,
    hint: /make a new one/,
  },
  {
    host: 'gitlab',
    name: 'a token without the scope',
    answer: {
      status: 403,
      body: {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: 'api',
      },
    },
    code: 'CI_DENIED',
    exit: 5,
    says: /403 The request requires higher privileges/,
    hint: /lacks the scope `api`/,
  },
  {
    host: 'gitlab',
    name: 'a token without the role',
    answer: { status: 403, body: { message: '403 Forbidden' } },
    method: 'POST',
    code: 'CI_DENIED',
    exit: 5,
    says: /POST .*\/notes: 403/,
    hint: /scope `api` and role Developer/,
  },
  {
    host: 'gitlab',
    name: 'a merge request that is hidden',
    answer: { status: 404, body: { message: '404 Not found' } },
    code: 'CI_REFUSED',
    exit: 4,
    says: /404/,
    hint: /may not see it.*scope `api` and role Developer/,
  },
  {
    host: 'gitlab',
    name: 'a status that is refused with details',
    of: 'status',
    answer: { status: 400, body: { message: { target_url: ['is blocked'] } } },
    code: 'CI_REFUSED',
    exit: 4,
    says: /400: target_url: is blocked/,
    hint: /mend/,
  },
  {
    host: 'azure',
    name: 'no right to contribute',
    answer: {
      status: 403,
      body: {
        message:
          "TF401027: You need the Git 'PullRequestContribute' permission to perform this action. Details: identity 'Build\\1', scope 'repository'.",
        typeKey: 'GitNeedsPermissionException',
      },
    },
    method: 'POST',
    code: 'CI_DENIED',
    exit: 5,
    says: /TF401027/,
    hint: /«<Project> Build Service \(<organization>\)» the right «Contribute to pull requests».*Limit job authorization scope/,
  },
  {
    host: 'azure',
    name: 'a repository out of the job’s scope',
    answer: {
      status: 404,
      body: {
        message:
          'TF401019: The Git repository with name or identifier repo-1 does not exist or you do not have permissions.',
      },
    },
    code: 'CI_REFUSED',
    exit: 4,
    says: /404: TF401019/,
    hint: /Limit job authorization scope/,
  },
  {
    host: 'azure',
    name: 'the login page with 203',
    answer: { status: 203, body: html('Azure DevOps Services | Sign In') },
    code: 'CI_DENIED',
    exit: 5,
    says: /401 Azure DevOps Services \| Sign In/,
    hint: /SYSTEM_ACCESSTOKEN/,
  },
  {
    host: 'azure',
    name: 'the login page by redirect',
    answer: {
      status: 302,
      headers: { location: 'https://spsprodweu1.vssps.visualstudio.com/_signin?realm=x' },
    },
    code: 'CI_DENIED',
    exit: 5,
    says: /sent to the login page/,
    hint: /SYSTEM_ACCESSTOKEN/,
  },
  {
    host: 'azure',
    name: '401 with a page',
    answer: { status: 401, body: html('Access Denied: The Personal Access Token used has expired.') },
    code: 'CI_DENIED',
    exit: 5,
    says: /401 Access Denied/,
    hint: /expired, revoked or of another server/,
  },
  {
    host: 'github',
    name: 'a bad token',
    answer: { status: 401, body: github('Bad credentials') },
    code: 'CI_DENIED',
    exit: 5,
    says: /401 Bad credentials/,
    hint: /GITHUB_TOKEN is expired/,
  },
  {
    host: 'github',
    name: 'no right to comment',
    answer: { status: 403, body: github('Resource not accessible by integration') },
    method: 'POST',
    code: 'CI_DENIED',
    exit: 5,
    says: /Resource not accessible by integration/,
    hint: /`pull-requests: write`.*read-only in pull requests of forks/,
  },
  {
    host: 'github',
    name: 'no right to set a status',
    of: 'status',
    answer: { status: 403, body: github('Resource not accessible by integration') },
    code: 'CI_DENIED',
    exit: 5,
    says: /POST .*\/statuses\//,
    hint: /`statuses: write`/,
  },
  {
    host: 'github',
    name: 'an archived repository',
    answer: { status: 403, body: github('Repository was archived so is read-only.') },
    method: 'POST',
    code: 'CI_DENIED',
    exit: 5,
    says: /archived/,
    hint: /unarchive it/,
  },
  {
    host: 'github',
    name: 'what is hidden',
    answer: { status: 404, body: github('Not Found') },
    code: 'CI_REFUSED',
    exit: 4,
    says: /404: Not Found/,
    hint: /may not see it.*pull-requests: write/,
  },
  {
    host: 'github',
    name: 'a text that it does not take',
    answer: {
      status: 422,
      body: {
        message: 'Validation Failed',
        errors: [{ resource: 'IssueComment', code: 'custom', message: 'body is too long' }],
      },
    },
    method: 'POST',
    code: 'CI_REFUSED',
    exit: 4,
    says: /422: Validation Failed: .*body is too long/,
    hint: /mend/,
  },
  {
    host: 'github',
    name: 'a repository that moved',
    answer: { status: 301, headers: { location: 'https://api.github.com/repositories/1/issues?x=1' } },
    code: 'CI_UNREACHABLE',
    exit: 4,
    says: /moved to https:\/\/api.github.com\/repositories\/1\/issues;/,
    hint: /address/,
  },
]
