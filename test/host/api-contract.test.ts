import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { azureClient } from '../../src/host/azure/client.ts'
import { githubClient } from '../../src/host/github/client.ts'
import { gitlabClient } from '../../src/host/gitlab/client.ts'
import { azureToken, locations, startAzure } from './fakes/azure.ts'
import { githubToken, startGithub } from './fakes/github.ts'
import { gitlabToken, startGitlab } from './fakes/gitlab.ts'
import { closeClean } from './fakes/server.ts'
import { toolsFor } from './fakes/stages.ts'

type Github = Awaited<ReturnType<typeof githubClient>>
type Gitlab = Awaited<ReturnType<typeof gitlabClient>>
type Azure = Awaited<ReturnType<Awaited<ReturnType<typeof azureClient>>['git']>>

const at = { owner: 'acme', repo: 'shop' }

/** Whether a wrong request is noticed: each of these goes through the real client. */
describe('planted faults', () => {
  it.each<[string, (client: Github) => Promise<unknown>, RegExp]>([
    [
      'enum',
      (client) => client.repos.createCommitStatus({ ...at, sha: 'abc', state: 'succeeded' as 'success' }),
      /state must be equal to one of/,
    ],
    [
      'field',
      (client) => client.issues.createComment({ ...at, issue_number: 12, body: 'x', colour: 'red' }),
      /unevaluated properties: colour/,
    ],
    [
      'required',
      (client) => client.issues.updateComment({ ...at, comment_id: 1, text: 'x' } as never),
      /body is missing|required property 'body'/,
    ],
    [
      'path',
      (client) => client.issues.createComment({ ...at, issue_number: '12a' as never, body: 'x' }),
      /\{issue_number\} «12a» is not an integer/,
    ],
    ['route', (client) => client.request('GET /repos/acme/shop/comment'), /no such route/],
  ])('GitHub: %s', async (_name, call, violation) => {
    const fake = await startGithub()
    await call(await githubClient(fake.url, githubToken, toolsFor({}))).catch(() => undefined)
    expect(fake.violations.join()).toMatch(violation)
    await fake.close()
  })

  it.each<[string, (client: Gitlab) => Promise<unknown>, RegExp]>([
    [
      'enum',
      (client) => client.Commits.editStatus(12, 'abc', 'failure' as 'failed'),
      /state must be equal to one of/,
    ],
    [
      'field',
      (client) => client.MergeRequestNotes.create(12, 3, 'x', { colour: 'red' } as never),
      /unevaluated properties: colour/,
    ],
    [
      'required',
      (client) => client.MergeRequestNotes.edit(12, 3, 300, {} as never),
      /required property 'body'/,
    ],
    [
      'path',
      (client) => client.MergeRequestNotes.create('acme/shop', 3, 'x'),
      /\{id\} «acme\/shop» is not an integer/,
    ],
    ['route', (client) => client.MergeRequestNotes.remove(12, 3, 300), /no such method/],
  ])('GitLab: %s', async (_name, call, violation) => {
    const fake = await startGitlab()
    await call(await gitlabClient(fake.url, gitlabToken, toolsFor({}))).catch(() => undefined)
    expect(fake.violations.join()).toMatch(violation)
    await fake.close()
  })

  it.each<[string, (client: Azure) => Promise<unknown>, RegExp]>([
    [
      'enum',
      (git) => git.createThread({ comments: [], status: 'open' as never }, 'repo-1', 7, 'web shop'),
      /status must be equal to one of/,
    ],
    [
      'field',
      (git) => git.createThread({ comments: [{ text: 'x' } as never] }, 'repo-1', 7, 'web shop'),
      /comments\/0 .*text/,
    ],
    [
      'type',
      (git) => git.updateComment({ content: 5 as never }, 'repo-1', 7, 1, 1, 'web shop'),
      /content must be string/,
    ],
    [
      'path',
      (git) => git.createThread({ comments: [] }, 'repo-1', 'seven' as never, 'web shop'),
      /\{pullRequestId\} «seven» is not an integer/,
    ],
    [
      'method',
      (git) => git.deletePullRequestStatus('repo-1', 7, undefined as never, 'web shop'),
      /DELETE .*no such method/,
    ],
  ])('Azure DevOps: %s', async (_name, call, violation) => {
    const fake = await startAzure()
    const { git } = await azureClient(`${fake.url}/acme`, azureToken, toolsFor({}))
    await call(await git()).catch(() => undefined)
    expect(fake.violations.join()).toMatch(violation)
    await fake.close()
  })
})

describe('the end of a test', () => {
  it('is a failure when a request was wrong', async () => {
    const fake = await startGithub()
    await fetch(`${fake.url}/repos/acme/shop/nothing`)
    await expect(closeClean(fake)).rejects.toThrow(/GET \/repos\/acme\/shop\/nothing: no such route/)
  })
})

describe('the places that the fake of Azure DevOps tells', () => {
  it('are those that the client asks for', () => {
    const require = createRequire(import.meta.url)
    const sources = ['GitApi.js', 'LocationsApi.js']
      .map((file) => readFileSync(require.resolve(`azure-devops-node-api/${file}`), 'utf8'))
      .join()
    const ids = Object.values(locations).flatMap((places) => places.map(({ id }) => id))
    expect(ids.filter((id) => !sources.includes(`"${id}"`))).toEqual([])
  })
})
