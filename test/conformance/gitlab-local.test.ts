import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { gitlabStranger, gitlabToken, startGitlab, type GitlabFake } from '../host/fakes/gitlab.ts'
import { checkout, makeRepository, type Pipeline, type Repository } from './gitlab/repository.ts'
import { serveWorkspace, type Logged, type ServedWorkspace } from './gitlab/workspace.ts'

const parent = mkdtempSync(join(tmpdir(), 'brickrail-gitlab-'))
let workspace: ServedWorkspace
let repository: Repository
let gitlab: GitlabFake

/** What GitLab sets in every job and gitlab-ci-local does not. */
const host = { GITLAB_CI: 'true' }
const push = host
/** Of project 12, whose API is our fake. */
const mergeRequest = (sourceProject: string) => ({
  ...host,
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_PROJECT_ID: '12',
  CI_API_V4_URL: `${gitlab.url}/api/v4`,
  CI_MERGE_REQUEST_IID: '3',
  CI_MERGE_REQUEST_PROJECT_ID: '12',
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: sourceProject,
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'master',
})
const noBranch = ['--unset-variable', 'CI_COMMIT_BRANCH']
const schedule = { ...host, CI_PIPELINE_SOURCE: 'schedule' }

/** As project variables on GitLab: of an environment each, so that only jobs of these environments have credentials. */
const credentials = (): string =>
  JSON.stringify({
    DATABRICKS_HOST: { values: { dev: workspace.url, 'plan/dev': workspace.url } },
    DATABRICKS_TOKEN: { values: { dev: workspace.token, 'plan/dev': workspace.token } },
  })

const direct = () => ({ DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: workspace.token })

const writes = (requests: readonly Logged[]): string[] => [
  ...new Set(
    requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
  ),
]
const ofClusters = (calls: readonly string[]): string[] =>
  calls.filter((call) => /clusters|libraries/.test(call))

/** When each file of the project was written. */
const files = async (path = '/Shared/HelloWorkspace'): Promise<[string, number | undefined][]> => {
  const { objects = [] } = await workspace.get('/api/2.0/workspace/list', { path })
  const each = objects.map(async (object): Promise<[string, number | undefined][]> =>
    object.object_type === 'DIRECTORY' ? await files(object.path) : [[object.path, object.modified_at]],
  )
  return (await Promise.all(each)).flat()
}
const workers = async (): Promise<number[]> => {
  const { clusters = [] } = await workspace.get('/api/2.1/clusters/list')
  return clusters.map(({ num_workers: workers }) => workers)
}

const said = ({ stdout, stderr }: Pipeline): string => `${stdout}\n${stderr}`

const pipeline = async (...args: Parameters<Repository['pipeline']>): Promise<Pipeline> => {
  const ran = await repository.pipeline(...args)
  onTestFailed(() => void process.stderr.write(said(ran)))
  return ran
}

beforeAll(async () => {
  workspace = await serveWorkspace(checkout)
  gitlab = await startGitlab()
  repository = await makeRepository(parent)
  writeFileSync(join(repository.folder, '.gitlab-ci-local-variables.yml'), credentials())
  const { status, stderr } = await repository.brickrail(direct(), 'deploy', '--target', 'dev')
  if (status !== 0) throw new Error(stderr)
  await workspace.requests()
})
afterAll(async () => {
  await workspace.end()
  await gitlab.close()
  rmSync(parent, { recursive: true, force: true })
})
afterEach(async () => {
  await workspace.heal()
  await repository.pushed()
  await workspace.requests()
})

const resizeTo =
  (workers: number) =>
  (text: string): string =>
    text.replace(/"num_workers": \d+/, `"num_workers": ${workers}`)
/** Fails where a variable of ours is set. */
const own = `own:
  stage: test
  script:
    - test -z "$BRICKRAIL_REPORTS$npm_config_cache"
`
const cluster = 'pipelines/clusters/hello-cluster.json'
const notebook = 'workspace/notebooks/daily_summary.sql'

describe('a push to the default branch', () => {
  it('with a changed cluster runs build-cluster and not sync-workspace', async () => {
    const before = await files()
    await repository.commit(cluster, resizeTo(2))
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([
      0,
      {
        'check-pipelines': 'pass',
        validate: 'pass',
        'build-cluster': 'pass',
        'catch-up': 'pass',
        announce: 'pass',
      },
    ])
    expect(ran.stdout).toContain('deployment #2 is out')
    expect(ofClusters(writes(await workspace.requests()))).toEqual(['POST /api/2.1/clusters/resize'])
    expect(await workers()).toEqual([2])
    expect(before.length).toBeGreaterThan(5)
    expect(await files()).toEqual(before)
  })

  it('with a changed notebook runs sync-workspace and not build-cluster', async () => {
    const before = await files()
    await repository.commit(notebook, (text) => `${text}\n-- changed\n`)
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([
      0,
      { 'check-pipelines': 'pass', validate: 'pass', 'sync-workspace': 'pass', 'catch-up': 'pass' },
    ])
    const calls = writes(await workspace.requests())
    expect(calls).toContain('POST /api/2.0/workspace/import')
    expect(ofClusters(calls)).toEqual([])
    const after = new Map(await files())
    const changed = before.filter(([path, at]) => after.get(path) !== at).map(([path]) => path)
    expect(changed.filter((path) => !path.includes('.brickrail'))).toEqual([
      '/Shared/HelloWorkspace/notebooks/daily_summary',
    ])
  })

  it('with neither runs nothing', async () => {
    await repository.commit('package.json', (text) => `${text}\n`)
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([0, {}])
    expect(await workspace.requests()).toEqual([])
  })

  it('runs a job of one’s own beside ours, which have no hold on it', async () => {
    await repository.commit('.gitlab-ci.yml', (text) => `${text}\n${own}`)
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([0, { own: 'pass' }])
    await repository.commit('.gitlab-ci.yml', (text) => text.replace(`\n${own}`, ''))
  })

  it('fails with the first step that fails; nothing after it runs', async () => {
    await workspace.plant({ method: 'POST', path: '/api/2.1/clusters/resize', status: 403, times: 0 })
    await repository.commit(cluster, resizeTo(3))
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([
      1,
      { 'check-pipelines': 'pass', validate: 'pass', 'build-cluster': 'fail' },
    ])
    expect(await workers()).toEqual([2])
  })

  it('of something else deploys what the red one has left', async () => {
    await repository.commit(notebook, (text) => `${text}\n-- again\n`)
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([
      0,
      { 'check-pipelines': 'pass', validate: 'pass', 'sync-workspace': 'pass', 'catch-up': 'pass' },
    ])
    expect(await workers()).toEqual([3])
  })

  it('does nothing when the generated files were edited by hand', async () => {
    await repository.commit('.gitlab/brickrail.yml', (text) => text.replace('30 minutes', '31 minutes'))
    await repository.commit(cluster, resizeTo(4))
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([1, { 'check-pipelines': 'fail' }])
    expect(said(ran)).toContain('+  timeout: 30 minutes')
    expect(await workspace.requests()).toEqual([])
    await repository.commit('.gitlab/brickrail.yml', (text) => text.replace('31 minutes', '30 minutes'))
    await repository.commit(cluster, resizeTo(3))
  })
})

describe('a merge request', () => {
  const plan = async (): Promise<Pipeline> =>
    await pipeline({ ...mergeRequest('12'), BRICKRAIL_GITLAB_TOKEN: gitlabToken }, ...noBranch)
  const passed = { 'check-pipelines': 'pass', validate: 'pass', plan: 'pass' }
  const ours = () => gitlab.notes.filter(({ author }) => author.id !== gitlabStranger.id)

  it('gets a comment with the plan, and the workspace no write', async () => {
    gitlab.plant('Nice!', gitlabStranger)
    await repository.commit(cluster, resizeTo(7))
    const ran = await plan()
    expect([ran.status, ran.jobs]).toEqual([0, passed])
    const calls = await workspace.requests()
    expect(calls.length).toBeGreaterThan(0)
    expect(writes(calls)).toEqual([])
    expect(ours()).toEqual([
      expect.objectContaining({ body: expect.stringMatching(/<code>3<\/code> \| <code>7<\/code>/) }),
    ])
    expect(gitlab.statuses).toEqual([
      expect.objectContaining({ name: 'brickrail/plan/dev', state: 'success' }),
    ])
  })

  it('has the same comment updated by the second push', async () => {
    const [first] = ours().map(({ id }) => id)
    await repository.commit(cluster, resizeTo(8))
    const ran = await plan()
    expect([ran.status, ran.jobs]).toEqual([0, passed])
    expect(writes(await workspace.requests())).toEqual([])
    expect(ours()).toEqual([
      expect.objectContaining({
        id: first,
        body: expect.stringMatching(/<code>3<\/code> \| <code>8<\/code>/),
      }),
    ])
    expect([gitlab.notes.length, gitlab.violations]).toEqual([2, []])
    expect(said(ran)).not.toContain(gitlabToken)
  })

  it('from a fork gets the offline checks, without credentials and without a plan', async () => {
    const asked = gitlab.requests.length
    const ran = await pipeline(mergeRequest('7'), ...noBranch, '--variables-file', '.none')
    expect([ran.status, ran.jobs]).toEqual([0, { 'check-pipelines': 'pass', validate: 'pass' }])
    expect(await workspace.requests()).toEqual([])
    expect(gitlab.requests.length).toBe(asked)
    await repository.commit(cluster, resizeTo(3))
  })
})

describe('what a person starts', () => {
  it('runs alone', async () => {
    const ran = await pipeline({ ...host, DEPLOYMENT: '1' }, 'rollback')
    expect([ran.status, ran.jobs]).toEqual([0, { rollback: 'pass' }])
    expect(await workers()).toEqual([1])
  })

  it('is offered, and does not start by itself', async () => {
    await repository.commit(cluster, resizeTo(5))
    const offered = await repository.list(push)
    expect(offered.filter(({ when }) => when === 'manual').map(({ name }) => name)).toEqual([
      'deploy-production',
      'rollback',
      'rollback-production',
      'destroy',
    ])
    await repository.commit(cluster, resizeTo(3))
  })
})

describe('a schedule', () => {
  it.each([
    ['finds the workspace as it is declared', async () => {}, 0, 'pass'],
    ['finds what somebody has changed', async () => await repository.commit(cluster, resizeTo(6)), 1, 'fail'],
  ])('%s', async (_, change, status, drift) => {
    await repository.brickrail(direct(), 'deploy', '--target', 'dev')
    await change()
    await workspace.requests()
    const ran = await pipeline(schedule)
    expect([ran.status, ran.jobs]).toEqual([status, { 'check-pipelines': 'pass', drift }])
    expect(writes(await workspace.requests())).toEqual([])
  })
})

it('no job is a child pipeline, whose failure could be swallowed', async () => {
  const names = (await repository.list(push)).map(({ name }) => name)
  const jobs = await repository.expanded(push)
  expect(names).toContain('build-cluster')
  expect(
    names.map((name) => [name, 'script' in (jobs[name] ?? {}), 'trigger' in (jobs[name] ?? {})]),
  ).toEqual(names.map((name) => [name, true, false]))
})
