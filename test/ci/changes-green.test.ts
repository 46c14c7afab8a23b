import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { baseOf } from '../../src/cli/changes.ts'
import { Fail } from '../../src/errors.ts'
import { githubToken, startGithub, type GithubFake } from '../host/fakes/github.ts'
import { closeClean } from '../host/fakes/server.ts'
import type { Harness } from '../support/harness.ts'
import { changes, commit, git, start, started } from './changes-run.ts'

const path = '.github/workflows/brickrail-push.yml'
const cluster = 'pipelines/clusters/a.json'
const attendants = ['check_pipelines', 'validate', 'catch_up']
const everything = [...attendants, 'build_cluster', 'sync_workspace']

let github: GithubFake
let harness: Harness
/** The commit that was there first; its run is green. */
let green: string
beforeEach(async () => {
  github = await startGithub()
  ;[harness, green] = start()
  ran(green, 'success')
})
afterEach(async () => await closeClean(github))

const ran = (head_sha: string, conclusion: 'success' | 'failure' | 'cancelled'): void =>
  void github.runs.push({
    path,
    head_branch: 'master',
    head_sha,
    event: 'push',
    status: 'completed',
    conclusion,
  })

/** A commit with this file. */
const write = (name: string, text: string): string => {
  harness.write(name, text)
  return commit(harness)
}

const onGithub = (before: string, more: Record<string, string> = {}): Record<string, string> => ({
  GITHUB_ACTIONS: 'true',
  GITHUB_API_URL: github.url,
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_REF_NAME: 'master',
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_TOKEN: githubToken,
  GITHUB_WORKFLOW_REF: `acme/shop/${path}@refs/heads/master`,
  BRICKRAIL_BEFORE: before,
  ...more,
})

describe('changes on GitHub', () => {
  test.each(['cancelled', 'failure'] as const)('counts a run of conclusion %s as not been', async (how) => {
    const left = write(cluster, '{}')
    ran(left, how)
    write('README.md', '1')
    const result = await changes(harness, [], onGithub(left))
    expect(started(result).toSorted()).toEqual([...attendants, 'build_cluster'].toSorted())
    expect([result.base, result.base_kind, result.why]).toEqual([green, 'green', null])
  })

  test('starts nothing once all is green', async () => {
    const before = write(cluster, '{}')
    ran(before, 'success')
    write('README.md', '1')
    const result = await changes(harness, [], onGithub(before))
    expect([started(result), result.files, result.base]).toEqual([[], ['README.md'], before])
  })

  test('counts what was taken back again: a red run may have deployed a part of it', async () => {
    const left = write(cluster, '{}')
    ran(left, 'failure')
    harness.remove(cluster)
    const reverted = commit(harness)
    ran(reverted, 'cancelled')
    write('README.md', '1')
    const result = await changes(harness, [], onGithub(reverted))
    expect([started(result).includes('build_cluster'), result.files?.toSorted()]).toEqual([
      true,
      ['README.md', cluster],
    ])
  })

  test('counts of a merge what it brings, and not what was there', async () => {
    git(harness.folder, 'checkout', '-qb', 'topic')
    write('docs/b.md', '1')
    git(harness.folder, 'checkout', '-q', '-')
    const before = write(cluster, '{}')
    ran(before, 'success')
    git(harness.folder, 'merge', '-q', '--no-ff', '-m', 'merge', 'topic')
    expect((await changes(harness, [], onGithub(before))).files).toEqual(['docs/b.md'])
  })

  test('counts what a force-push has left behind, where the commit is still there', async () => {
    const left = write(cluster, '{}')
    ran(left, 'failure')
    git(harness.folder, 'reset', '-q', '--hard', green)
    write('README.md', '1')
    expect(started(await changes(harness, [], onGithub(left)))).toContain('build_cluster')
  })

  const unreadable = { status: 403, body: { message: 'Resource not accessible by integration' } }
  const gone = { status: 200, body: { workflow_runs: [{ head_sha: 'a'.repeat(40) }] } }
  test.each<[string, (before: string) => Record<string, string>, RegExp]>([
    ['is no green run yet', (before) => onGithub(before, { GITHUB_REF_NAME: 'new' }), /no run .* on new has/],
    [
      'is no right to read the runs',
      (before) => {
        github.trouble({ path: /\/runs$/, answer: unreadable })
        return onGithub(before)
      },
      /not known: .*403.*`actions: read`/,
    ],
    [
      'is no answer',
      (before) => {
        github.trouble({ path: /\/runs$/, times: 9, answer: 'hang up' })
        return onGithub(before)
      },
      /not known: GitHub at .* cannot be reached/,
    ],
    [
      'is no such workflow',
      (before) => onGithub(before, { GITHUB_WORKFLOW_REF: 'x' }),
      /GITHUB_WORKFLOW_REF/,
    ],
    [
      'is no such commit any more',
      (before) => {
        github.trouble({ path: /\/runs$/, answer: gone })
        return onGithub(before)
      },
      /git cannot tell|is not in this clone/,
    ],
    ['was a force-push', () => onGithub('b'.repeat(40)), /git cannot tell|is not in this clone/],
    ['is a branch anew', () => onGithub('0'.repeat(40)), /first push/],
  ])('of everything where there %s', async (_name, envOf, why) => {
    const before = write('README.md', '1')
    const result = await changes(harness, [], envOf(before))
    expect(started(result).toSorted()).toEqual(everything.toSorted())
    expect([result.files, result.why]).toEqual([null, expect.stringMatching(why)])
  })

  test('goes by the event where there is no token, and says so', async () => {
    const before = write(cluster, '{}')
    write('README.md', '1')
    const result = await changes(harness, [], onGithub(before, { GITHUB_TOKEN: '' }))
    expect([started(result), result.base, result.base_kind, result.base_why]).toEqual([
      [],
      before,
      'push',
      expect.stringMatching(/before the push; GITHUB_TOKEN is not set/),
    ])
  })

  test('goes by --base before all', async () => {
    const base = write(cluster, '{}')
    write('README.md', '1')
    const result = await changes(harness, ['--base', base], onGithub(green))
    expect([result.files, result.base_kind, github.requests]).toEqual([['README.md'], 'given', []])
  })

  test('ends when it is told to', async () => {
    const lastGreen = async () => await Promise.reject(new Fail('INTERRUPTED', { signal: 'SIGTERM' }))
    await expect(baseOf({ given: undefined, before: green, lastGreen })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
  })
})
