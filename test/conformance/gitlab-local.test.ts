import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { gitlabStranger, gitlabToken, startGitlab, type GitlabFake } from '../host/fakes/gitlab.ts'
import { broken, cluster, clusterTest, failedTests, failing, job, mended } from './ci/sample.ts'
import { serve, testRun, type Call, type Workspace } from './ci/workspace.ts'
import { makeRepository, type Pipeline, type Repository } from './gitlab/repository.ts'
import { credentials, host, mergeRequest, noBranch, push, schedule } from './gitlab/variables.ts'

const parent = mkdtempSync(join(tmpdir(), 'brickrail-gitlab-'))
let workspace: Workspace
let repository: Repository
let gitlab: GitlabFake

const direct = () => ({ DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: workspace.token })

const ofClusters = (writes: readonly string[]): string[] =>
  writes.filter((write) => /clusters|libraries/.test(write))

/** When each file of the project was written. */
const files = async () => await workspace.files('/Shared/HelloWorkspace')
/** Where the apps of the job are, and how long it may take. */
const train = async () => {
  const found = (await workspace.jobs()).find(({ name }) => name === 'tesseract-train')
  const paths = found?.tasks?.flatMap(({ spark_python_task: task }) => task?.python_file ?? []) ?? []
  return { timeout: found?.timeout_seconds, paths }
}

const isWrite = ({ method }: Call): boolean => method !== 'GET'

const said = ({ stdout, stderr }: Pipeline): string => `${stdout}\n${stderr}`

const pipeline = async (...args: Parameters<Repository['pipeline']>): Promise<Pipeline> => {
  const ran = await repository.pipeline(...args)
  onTestFailed(() => void process.stderr.write(said(ran)))
  return ran
}

beforeAll(async () => {
  workspace = await serve('dapi-served-for-gitlab')
  gitlab = await startGitlab()
  repository = await makeRepository(parent)
  writeFileSync(join(repository.folder, '.gitlab-ci-local-variables.yml'), credentials(workspace))
  const { status, stderr } = await repository.brickrail(direct(), 'deploy', '--target', 'dev')
  if (status !== 0) throw new Error(stderr)
  await workspace.calls()
})
afterAll(async () => {
  await workspace.close()
  await gitlab.close()
  rmSync(parent, { recursive: true, force: true })
})
afterEach(async () => {
  await workspace.recover()
  await repository.pushed()
  await workspace.calls()
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
const notebook = 'workspace/notebooks/daily_summary.sql'
const app = 'workspace/apps/model/main.py'

/** In every push that starts something: what is checked, what is caught up with, and what decides the colour. */
const always = {
  'check-pipelines': 'pass',
  validate: 'pass',
  'local-tests': 'pass',
  'catch-up': 'pass',
  'cluster-tests': 'pass',
}

describe('a push to the default branch', () => {
  it('with a changed cluster runs build-cluster and not sync-workspace', async () => {
    const before = await files()
    await repository.commit(cluster, resizeTo(2))
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([0, { ...always, 'build-cluster': 'pass', announce: 'pass' }])
    expect(ran.stdout).toContain('deployment #2 is out')
    const writes = await workspace.writes()
    expect(ofClusters(writes)).toEqual(['POST /api/2.1/clusters/resize'])
    expect(writes.filter((write) => write === testRun)).toHaveLength(1)
    expect(await workspace.workers()).toBe(2)
    expect(before.size).toBeGreaterThan(5)
    expect(await files()).toEqual(before)
  })

  it('with a changed notebook runs sync-workspace and deploy-jobs, and not build-cluster', async () => {
    const before = await files()
    await repository.commit(notebook, (text) => `${text}\n-- changed\n`)
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([
      0,
      { ...always, 'sync-workspace': 'pass', 'deploy-jobs': 'pass' },
    ])
    const writes = await workspace.writes()
    expect(writes).toContain('POST /api/2.0/workspace/import')
    expect(ofClusters(writes)).toEqual([])
    const after = await files()
    const changed = [...before].filter(([path, at]) => after.get(path) !== at).map(([path]) => path)
    expect(changed.filter((path) => !path.includes('.brickrail'))).toEqual([
      '/Shared/HelloWorkspace/notebooks/daily_summary',
    ])
  })

  it('with changed settings of a job runs deploy-jobs, and neither build-cluster nor sync-workspace', async () => {
    const before = await files()
    await repository.commit(job, (text) => text.replace('"timeout_seconds": 3600', '"timeout_seconds": 3000'))
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([0, { ...always, 'deploy-jobs': 'pass' }])
    expect((await train()).timeout).toBe(3000)
    const writes = await workspace.writes()
    expect(writes).toContain('POST /api/2.2/jobs/reset')
    expect(writes.filter((write) => /clusters|libraries|dbfs/.test(write))).toEqual([])
    expect(await files()).toEqual(before)
  })

  it('with changed code of an app deploys it beside the old one, and points its job to it', async () => {
    const { paths: before } = await train()
    await repository.commit(app, (text) => `${text}\n# changed\n`)
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([
      0,
      { ...always, 'sync-workspace': 'pass', 'deploy-jobs': 'pass' },
    ])
    const { paths: after } = await train()
    const moved = before.map((path, index) => (path === after[index] ? 'stays' : 'moves'))
    // preprocessing, model, batch
    expect(moved).toEqual(['stays', 'moves', 'stays'])
    const there = [...before, ...after].map((path) => workspace.has(path.replace('dbfs:', '')))
    expect(await Promise.all(there)).toEqual([true, true, true, true, true, true])
  })

  it('with a broken test of the data is red at cluster-tests, and has its report', async () => {
    await repository.commit(clusterTest, broken)
    const red = await pipeline(push)
    const deployed = { ...always, 'sync-workspace': 'pass', 'deploy-jobs': 'pass' }
    expect([red.status, red.jobs]).toEqual([1, { ...deployed, 'cluster-tests': 'fail' }])
    expect(failedTests(repository.report('cluster-tests', 'test-dev.junit.xml'))).toEqual([failing])
    await repository.pushed()
    await repository.commit(clusterTest, mended)
    const green = await pipeline(push)
    expect([green.status, green.jobs]).toEqual([0, deployed])
  })

  it('with neither runs nothing', async () => {
    await repository.commit('package.json', (text) => `${text}\n`)
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([0, {}])
    expect(await workspace.calls()).toEqual([])
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
      { 'check-pipelines': 'pass', validate: 'pass', 'local-tests': 'pass', 'build-cluster': 'fail' },
    ])
    expect(await workspace.workers()).toBe(2)
  })

  it('of something else deploys what the red one has left', async () => {
    await repository.commit(notebook, (text) => `${text}\n-- again\n`)
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([
      0,
      { ...always, 'sync-workspace': 'pass', 'deploy-jobs': 'pass' },
    ])
    expect(await workspace.workers()).toBe(3)
  })

  it('does nothing when the generated files were edited by hand', async () => {
    await repository.commit('.gitlab/brickrail.yml', (text) => text.replace('30 minutes', '31 minutes'))
    await repository.commit(cluster, resizeTo(4))
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([1, { 'check-pipelines': 'fail' }])
    expect(said(ran)).toContain('+  timeout: 30 minutes')
    expect(await workspace.calls()).toEqual([])
    await repository.commit('.gitlab/brickrail.yml', (text) => text.replace('31 minutes', '30 minutes'))
    await repository.commit(cluster, resizeTo(3))
  })
})

describe('a merge request', () => {
  const plan = async (): Promise<Pipeline> =>
    await pipeline({ ...mergeRequest(gitlab, '12'), BRICKRAIL_GITLAB_TOKEN: gitlabToken }, ...noBranch)
  const checked = { 'check-pipelines': 'pass', validate: 'pass', 'local-tests': 'pass' }
  const passed = { ...checked, plan: 'pass' }
  const ours = () => gitlab.notes.filter(({ author }) => author.id !== gitlabStranger.id)

  it('gets a comment with the plan, and the workspace no write', async () => {
    gitlab.plant('Nice!', gitlabStranger)
    await repository.commit(cluster, resizeTo(7))
    const ran = await plan()
    expect([ran.status, ran.jobs]).toEqual([0, passed])
    const calls = await workspace.calls()
    expect(calls.length).toBeGreaterThan(0)
    expect(calls.filter(isWrite)).toEqual([])
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
    expect(await workspace.writes()).toEqual([])
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
    const ran = await pipeline(mergeRequest(gitlab, '7'), ...noBranch, '--variables-file', '.none')
    expect([ran.status, ran.jobs]).toEqual([0, checked])
    expect(await workspace.calls()).toEqual([])
    expect(gitlab.requests.length).toBe(asked)
    await repository.commit(cluster, resizeTo(3))
  })
})

describe('what a person starts', () => {
  it('runs alone', async () => {
    const ran = await pipeline({ ...host, DEPLOYMENT: '1' }, 'rollback')
    expect([ran.status, ran.jobs]).toEqual([0, { rollback: 'pass' }])
    expect(await workspace.workers()).toBe(1)
  })

  it('is a job that runs with its code', async () => {
    const ran = await pipeline({ ...host, JOB_KEY: 'train' }, 'run-job')
    expect([ran.status, ran.jobs]).toEqual([0, { 'run-job': 'pass' }])
    expect(said(ran)).toMatch(/run \d+ of job train: SUCCESS/)
  })

  it('is offered, and does not start by itself', async () => {
    await repository.commit(cluster, resizeTo(5))
    const offered = await repository.list(push)
    expect(offered.filter(({ when }) => when === 'manual').map(({ name }) => name)).toEqual([
      'deploy-production',
      'run-job',
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
    await workspace.calls()
    const ran = await pipeline(schedule)
    expect([ran.status, ran.jobs]).toEqual([status, { 'check-pipelines': 'pass', drift }])
    expect(await workspace.writes()).toEqual([])
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
