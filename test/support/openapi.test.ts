import { describe, expect, it } from 'vitest'
import { azureContract, githubContract, gitlabContract, type Contract, type SentRequest } from './openapi.ts'

const json = { 'content-type': 'application/json; charset=utf-8', accept: 'application/json;api-version=7.1' }

const sent = (line: string, body?: unknown, headers: SentRequest['headers'] = json): SentRequest => {
  const [method = '', target = ''] = line.split(' ')
  const url = new URL(target, 'http://host.test')
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    ...(body === undefined ? {} : { body }),
  }
}

const threads = '/acme/web%20shop/_apis/git/repositories/r1/pullRequests/7/threads'
const comment = { parentCommentId: 0, content: 'hello', commentType: 1 }
const pool = '/acme/_apis/distributedtask/variablegroups'
const lint = '/api/v4/projects/12/merge_requests/3/notes'

/** No fault. */
const fine = /^$/

type Row = [name: string, contract: () => Contract, request: SentRequest, fault: RegExp]

const rows: Row[] = [
  ['GitHub comment', githubContract, sent('POST /repos/o/r/issues/3/comments', { body: 'x' }), fine],
  [
    'GitHub comments, a page',
    githubContract,
    sent('GET /repos/o/r/issues/3/comments?per_page=100&page=2'),
    fine,
  ],
  [
    'GitHub status',
    githubContract,
    sent('POST /repos/o/r/statuses/abc', {
      state: 'success',
      context: 'a/b',
      description: 'd',
      target_url: null,
    }),
    fine,
  ],
  [
    'wrong enum',
    githubContract,
    sent('POST /repos/o/r/statuses/abc', { state: 'succeeded' }),
    /body\/state must be equal to one of.*success/,
  ],
  [
    'missing required',
    githubContract,
    sent('POST /repos/o/r/statuses/abc', { context: 'a' }),
    /required property 'state'/,
  ],
  [
    'wrong type in the body',
    githubContract,
    sent('POST /repos/o/r/issues/3/comments', { body: 3 }),
    /body\/body must be string/,
  ],
  [
    'unknown field',
    githubContract,
    sent('POST /repos/o/r/issues/3/comments', { body: 'x', colour: 'red' }),
    /unevaluated properties: colour/,
  ],
  [
    'wrong type in the path',
    githubContract,
    sent('POST /repos/o/r/issues/three/comments', { body: 'x' }),
    /path \{issue_number\} «three» is not an integer/,
  ],
  ['unknown route', githubContract, sent('GET /repos/o/r/issue/3/comments'), /no such route/],
  ['unknown method', githubContract, sent('DELETE /repos/o/r/issues/3/comments'), /no such method/],
  [
    'unknown query',
    githubContract,
    sent('GET /repos/o/r/issues/3/comments?per-page=100'),
    /query per-page is not known/,
  ],
  [
    'query of a wrong type',
    githubContract,
    sent('GET /repos/o/r/issues/3/comments?per_page=all'),
    /query per_page «all» is not an integer/,
  ],
  ['no body', githubContract, sent('POST /repos/o/r/issues/3/comments'), /the body is missing/],
  [
    'a form',
    githubContract,
    sent('POST /repos/o/r/issues/3/comments', { body: 'x' }, { 'content-type': 'text/plain' }),
    /content-type is text\/plain/,
  ],
  [
    'environment with all its optional parts',
    githubContract,
    sent('PUT /repos/o/r/environments/prod', {
      reviewers: [{ type: 'User', id: 1 }],
      deployment_branch_policy: null,
    }),
    fine,
  ],
  [
    'unknown field deep inside',
    githubContract,
    sent('PUT /repos/o/r/environments/prod', { reviewers: [{ kind: 'User', id: 1 }] }),
    /body\/reviewers\/0 .*kind/,
  ],
  [
    'Azure thread, enums as numbers',
    azureContract,
    sent(`POST ${threads}`, { comments: [comment], status: 1 }),
    fine,
  ],
  [
    'Azure thread, enums as strings',
    azureContract,
    sent(`POST ${threads}`, { comments: [{ ...comment, commentType: 'text' }], status: 'active' }),
    fine,
  ],
  [
    'Azure: wrong enum',
    azureContract,
    sent(`POST ${threads}`, { comments: [comment], status: 'open' }),
    /body\/status must be equal to one of/,
  ],
  [
    'Azure: unknown field beside inherited ones',
    azureContract,
    sent(`POST ${threads}`, { comments: [comment], state: 1 }),
    /unevaluated properties: state/,
  ],
  [
    'Azure: unknown field in a list',
    azureContract,
    sent(`POST ${threads}`, { comments: [{ ...comment, text: 'x' }] }),
    /body\/comments\/0 .*text/,
  ],
  [
    'Azure: wrong type in the path',
    azureContract,
    sent(`POST ${threads.replace('/7/', '/seven/')}`, { comments: [] }),
    /\{pullRequestId\} «seven»/,
  ],
  ['Azure: no version', azureContract, sent(`GET ${threads}`, undefined, {}), /query api-version is missing/],
  ['Azure: version in the query', azureContract, sent(`GET ${threads}?api-version=7.1`, undefined, {}), fine],
  ['Azure: path in lower case', azureContract, sent(`GET ${threads.toLowerCase()}`), fine],
  [
    'Azure: overload by query',
    azureContract,
    sent('GET /acme/web/_apis/git/repositories/r1?includeParent=true'),
    fine,
  ],
  [
    'Azure: path that is a name elsewhere',
    azureContract,
    sent('GET /acme/web/_apis/pipelines/nope'),
    /no such route|\{pipelineId\} «nope»/,
  ],
  [
    'Azure: circular schema',
    azureContract,
    sent(`POST ${pool}`, { name: 'g', type: 'Vsts', variables: { A: { value: 'x', isSecret: true } } }),
    fine,
  ],
  [
    'Azure: map of the wrong type',
    azureContract,
    sent(`POST ${pool}`, { name: 'g', variables: ['A'] }),
    /body\/variables must be object/,
  ],
  [
    'Azure: gap closed by the overlay',
    azureContract,
    sent('POST /acme/web/_apis/pipelines', {
      name: 'p',
      configuration: { type: 1, path: 'a.yml', repository: { id: 'r', type: 'azureReposGit' } },
    }),
    fine,
  ],
  [
    'Azure: not closed by it',
    azureContract,
    sent('POST /acme/web/_apis/pipelines', { name: 'p', configuration: { type: 1, file: 'a.yml' } }),
    /body\/configuration .*file/,
  ],
  ['GitLab note', gitlabContract, sent(`POST ${lint}`, { body: 'x' }), fine],
  [
    'GitLab: project by its path',
    gitlabContract,
    sent(`POST ${lint.replace('12', 'group%2Fshop')}`, { body: 'x' }),
    /path \{id\}/,
  ],
  [
    'GitLab: wrong state',
    gitlabContract,
    sent('POST /api/v4/projects/12/statuses/abc', { state: 'failure' }),
    /body\/state/,
  ],
]

describe('requests against the official specifications', () => {
  it.each(rows)('%s', (_name, contract, request, fault) => {
    expect(contract().validateRequest(request).join('\n')).toMatch(fault)
  })

  it('reads every route of the files', () => {
    expect(githubContract().routes.length).toBeGreaterThanOrEqual(21)
    expect(azureContract().routes.length).toBeGreaterThan(300)
  })

  it('compiles the body of each route, circular ones too', () => {
    for (const contract of [githubContract(), azureContract()])
      for (const route of contract.routes.filter((route) => /^(POST|PUT|PATCH) /.test(route))) {
        const target = route.replaceAll(/\{[^}]*\}/g, '11111111-1111-1111-1111-111111111111')
        expect(() => contract.validateRequest(sent(target, { none: 1 }))).not.toThrow()
      }
  })
})
