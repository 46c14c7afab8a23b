import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { broken, clusterTest, failedTests, failing, job, mended } from './ci/sample.ts'
import { testRun } from './ci/workspace.ts'
import type { Pushed } from './github/repository.ts'
import type { Log } from './github/runner.ts'
import { openStage, pushFile, type Run, type Stage } from './github/stage.ts'

const checked = ['changes', 'check-pipelines', 'validate', 'local-tests']
const last = ['catch-up', 'cluster-tests']
const everything = [...checked, 'build-cluster', 'sync-workspace', 'deploy-jobs', ...last]
const apps = ['tesseract', 'preprocessing', 'model', 'search', 'cluster_search', 'batch']

const ofCompute = (writes: readonly string[]): string[] =>
  writes.filter((call) => /\/(clusters|libraries)\//.test(call))

describe('a push to the default branch', () => {
  let stage: Stage
  let first: Pushed
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(async () => await stage.close())

  it('that is the first one deploys everything', async () => {
    first = stage.repository.push('master')
    expect(first.before).toMatch(/^0+$/)
    const { ran, logs, faults } = await stage.pushed(first)
    expect([ran, faults]).toEqual([everything, ''])
    expect(logs['changes']?.text).toContain('no run of brickrail-push.yml on master has been successful')
    expect(Object.keys(logs['build-cluster']?.uploaded ?? {})).toEqual([
      'brickrail-reports/build-cluster-dev.junit.xml',
    ])
    expect(await stage.workspace.workers()).toBe(1)
    expect(await stage.workspace.writes()).toContain(testRun)
  })

  it('has deployed packages, apps and jobs by then, and has run the tests', async () => {
    const jobs = await stage.workspace.jobs()
    expect(jobs.map(({ name }) => name)).toEqual([
      'tesseract-search',
      'tesseract-search-wheel',
      'tesseract-train',
    ])
    const there = [
      ...apps.map((app) => `/datalake/code/${app}/current.json`),
      '/datalake/prices/current.json',
      '/FileStore/wheels',
    ]
    const { workspace } = stage
    expect(await Promise.all(there.map(async (path) => await workspace.has(path)))).toEqual(
      there.map(() => true),
    )
  })

  it('that is run again writes nothing', async () => {
    const { ran, faults } = await stage.pushed(first)
    expect([ran, faults]).toEqual([everything, ''])
    expect(await stage.workspace.writes()).toEqual([testRun])
  })

  it('of a cluster’s JSON changes the cluster, and no file', async () => {
    stage.resize(2)
    const before = await stage.workspace.files('/Shared/HelloWorkspace')
    const { ran, logs } = await stage.pushed(stage.repository.push('master'))
    expect(ran).toEqual([...checked, 'build-cluster', ...last])
    expect(logs['catch-up']?.text).toContain('nothing left behind')
    expect(await stage.workspace.workers()).toBe(2)
    expect(ofCompute(await stage.workspace.writes())).toEqual(['POST /api/2.1/clusters/resize'])
    expect(await stage.workspace.files('/Shared/HelloWorkspace')).toEqual(before)
  })

  it('of a notebook syncs it, and leaves the cluster alone', async () => {
    stage.annotate('one')
    const { ran } = await stage.pushed(stage.repository.push('master'))
    expect(ran).toEqual([...checked, 'sync-workspace', 'deploy-jobs', ...last])
    const writes = await stage.workspace.writes()
    expect(writes).toContain('POST /api/2.0/workspace/import')
    expect(ofCompute(writes)).toEqual([])
  })

  it('of a job’s JSON deploys the job, and neither cluster nor files', async () => {
    const before = await stage.workspace.files('/Shared/HelloWorkspace')
    stage.repository.edit(job, (text) => text.replace('"timeout_seconds": 3600', '"timeout_seconds": 3000'))
    const { ran } = await stage.pushed(stage.repository.push('master'))
    expect(ran).toEqual([...checked, 'deploy-jobs', ...last])
    const jobs = await stage.workspace.jobs()
    expect(jobs.find(({ name }) => name === 'tesseract-train')?.timeout_seconds).toBe(3000)
    expect(ofCompute(await stage.workspace.writes())).toEqual([])
    expect(await stage.workspace.files('/Shared/HelloWorkspace')).toEqual(before)
  })

  it('with a broken test of the data is red, until it is mended', async () => {
    stage.repository.edit(clusterTest, broken)
    const red = await stage.pushed(stage.repository.push('master'))
    expect(red.ran).toEqual([...checked, 'sync-workspace', 'deploy-jobs', ...last])
    expect(Object.entries(red.results).filter(([, result]) => result === 'failure')).toEqual([
      ['cluster-tests', 'failure'],
    ])
    const { status, uploaded = {} } = red.logs['cluster-tests'] ?? {}
    expect([status, Object.keys(uploaded)]).toEqual([8, ['brickrail-reports/test-dev.junit.xml']])
    expect(Object.values(uploaded).flatMap(failedTests)).toEqual([failing])
    stage.repository.edit('README.md', (text) => `${text}\nmore\n`)
    const still = await stage.pushed(stage.repository.push('master'))
    expect(still.results).toMatchObject({ 'catch-up': 'success', 'cluster-tests': 'failure' })
    stage.repository.edit(clusterTest, mended)
    expect((await stage.pushed(stage.repository.push('master'))).faults).toBe('')
    await stage.workspace.calls()
  })

  it('of anything else asks git, and not the workspace', async () => {
    stage.repository.edit('README.md', (text) => `${text}\nmore\n`)
    const { ran } = await stage.pushed(stage.repository.push('master'))
    expect(ran).toEqual(['changes'])
    expect(await stage.workspace.calls()).toEqual([])
  })

  it('without secrets says which are missing, and where to set them', async () => {
    stage.resize(3)
    const { results, logs } = await stage.pushed(stage.repository.push('master'), { environments: {} })
    expect(results).toMatchObject({
      'local-tests': 'success',
      'build-cluster': 'failure',
      'sync-workspace': 'skipped',
      'deploy-jobs': 'skipped',
      'catch-up': 'skipped',
      'cluster-tests': 'skipped',
    })
    expect(logs['build-cluster']?.status).toBeOneOf([2, 5])
    expect(logs['build-cluster']?.text).toMatch(/DATABRICKS_HOST/)
    expect(logs['build-cluster']?.text).toMatch(/what to do|hint|set /i)
    expect(await stage.workspace.calls()).toEqual([])
  })

  it('after a red one catches up with what that has left', async () => {
    stage.annotate('two')
    const { ran } = await stage.pushed(stage.repository.push('master'))
    expect(ran).toEqual(everything)
    expect(await stage.workspace.workers()).toBe(3)
    await stage.workspace.calls()
  })
})

/** The same pipelines for a cluster and files only: what follows is not about what is deployed. */
let stage: Stage
beforeAll(async () => {
  stage = await openStage('small')
  await stage.pushed(stage.repository.push('master'))
  await stage.workspace.calls()
})
afterAll(async () => await stage.close())
const few = ['changes', 'check-pipelines', 'validate']

describe('a push of nothing but the README', () => {
  const readme = async (): Promise<Run> => {
    stage.repository.edit('README.md', (text) => `${text}\nmore\n`)
    return await stage.pushed(stage.repository.push('master'))
  }

  it.each([
    ['was cancelled while it waited', 5, async (commits: Pushed) => stage.superseded(commits)],
    ['is red', 6, async (commits: Pushed) => await stage.pushed(commits, { environments: {} })],
  ])('deploys what a run has left that %s', async (_, workers, left) => {
    stage.resize(workers)
    await left(stage.repository.push('master'))
    expect(await stage.workspace.workers()).not.toBe(workers)
    const { ran, logs, faults } = await readme()
    expect([ran, faults]).toEqual([[...few, 'build-cluster', 'catch-up'], ''])
    expect(logs['changes']?.text).toContain('its run was the last green one')
    expect(await stage.workspace.workers()).toBe(workers)
  })

  it('deploys nothing again once all is green', async () => {
    await stage.workspace.calls()
    expect((await readme()).ran).toEqual(['changes'])
    expect([await stage.workspace.calls(), stage.github.violations]).toEqual([[], []])
  })

  it('starts everything without the right to read the runs', async () => {
    const good = stage.repository.read(pushFile)
    stage.repository.edit('README.md', (text) => `${text}\nmore\n`)
    const commits = stage.repository.push('master')
    stage.repository.edit(pushFile, (text) => text.replace(/\n +actions: read/, ''))
    const { ran, logs } = await stage.pushed(commits)
    stage.repository.write(pushFile, good)
    expect(ran).toEqual([...few, 'build-cluster', 'sync-workspace', 'catch-up'])
    expect(logs['changes']?.text).toMatch(/everything counts as changed: .*`actions: read`/)
    await stage.workspace.calls()
  })
})

describe('a push', () => {
  it('with pipeline files that somebody edited deploys nothing', async () => {
    const file = pushFile
    const good = stage.repository.read(file)
    stage.repository.edit(file, (text) => text.replace('timeout-minutes: 90', 'timeout-minutes: 900'))
    stage.annotate('three')
    const { ran, results, logs } = await stage.pushed(stage.repository.push('master'))
    expect([ran, results['check-pipelines'], logs['check-pipelines']?.status]).toEqual([
      ['changes', 'check-pipelines'],
      'failure',
      3,
    ])
    expect(logs['check-pipelines']?.text).toContain('timeout-minutes: 900')
    expect(await stage.workspace.calls()).toEqual([])
    stage.repository.write(file, good)
    await stage.pushed(stage.repository.push('master'))
    await stage.workspace.calls()
  })
})

describe('a run that is cancelled', () => {
  /** As the runner does it: when the first file is there, the shell is told, and nobody else. */
  const interrupted = async (mend: (text: string) => string): Promise<Log | undefined> => {
    const file = pushFile
    const good = stage.repository.read(file)
    stage.annotate(`${Math.random()}`)
    stage.repository.write(`workspace/more/${Math.random()}.py`, 'print(1)\n')
    const change = stage.repository.push('master')
    await stage.workspace.delay('/api/2.0/workspace', 250)
    await stage.workspace.calls()
    stage.repository.write(file, mend(good))
    const whenItWrites = async (child: ChildProcess): Promise<void> => {
      while (child.exitCode === null && (await stage.workspace.writes()).length === 0) await sleep(50)
      child.kill('SIGINT')
    }
    try {
      const { logs } = await stage.pushed(change, {
        onProcess: (id, child) => {
          if (id === 'sync-workspace') void whenItWrites(child)
        },
      })
      return logs['sync-workspace']
    } finally {
      stage.repository.write(file, good)
      await stage.workspace.recover()
      await stage.workspace.calls()
    }
  }

  it('ends in good order within seconds', async () => {
    const log = await interrupted((text) => text)
    expect([log?.status, log?.text]).toEqual([4, expect.stringContaining('stopped by SIGINT')])
    expect(log?.ms).toBeLessThan(7500)
  })

  it('leaves nothing that the next run has to wait for', async () => {
    stage.annotate('five')
    const { results } = await stage.pushed(stage.repository.push('master'))
    expect(results).toMatchObject({ 'sync-workspace': 'success', 'catch-up': 'success' })
  })

  it('would not hear of it if the shell were in between', async () => {
    const log = await interrupted((text) => text.replaceAll('run: exec ', 'run: '))
    expect([log?.status, log?.text]).toEqual([0, expect.not.stringContaining('stopped by SIGINT')])
  })
})
