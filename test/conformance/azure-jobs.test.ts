import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ended, Group } from './azure/agent.ts'
import { notebook, openWorld, type World } from './azure/world.ts'
import { broken, cluster, clusterTest, failedTests, failing, job, mended } from './ci/sample.ts'
import { testRun } from './ci/workspace.ts'

const ofCompute = /\/(clusters|libraries)\//

const checked = ['check_pipelines', 'validate', 'local_tests']
const last = ['catch_up', 'cluster_tests']
/** A push of code starts two pipelines: Azure filters whole ones by paths. */
const ofCode = [...checked, 'sync_workspace', ...last, 'report', ...checked, 'deploy_jobs', ...last]

/** Paths under /Shared: the record of deployments is there in any case. */
const sharedBy = async (world: World): Promise<string[]> => {
  const { objects = [] } = await world.workspace.get<{ objects?: { path: string }[] }>(
    '/api/2.0/workspace/list?path=/Shared',
  )
  return objects.map(({ path }) => path).filter((path) => path !== '/Shared/.brickrail')
}

/** Only the first deployment is of a workspace where all is left to do; without the files there is nothing to test. */
const withoutCatchUp = (script: string): string =>
  script.includes('--catch-up') || script.includes('--remote') ? 'true' : script

describe('a push', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld()
  })
  afterAll(async () => await world.close())
  const shared = async (): Promise<string[]> => await sharedBy(world)

  it('of the cluster’s JSON creates the cluster, and syncs no file', async () => {
    const { after } = world.repository.push('master')
    const run = world.service().started({ event: 'push', changed: [cluster] }, 'azure-repos')
    expect(run.map(({ path }) => path)).toEqual(['azure-pipelines/build-cluster.yml'])
    const at = { commit: { sha: after, ref: 'refs/heads/master' }, mend: withoutCatchUp }
    const { ran, jobs, faults } = await world.happen(run, at)
    expect([ran, faults]).toEqual([[...checked, 'build_cluster', ...last], ''])
    expect(await world.workspace.workers()).toBe(1)
    const writes = await world.workspace.writes()
    expect(writes).toContain('POST /api/2.1/clusters/create')
    expect(await shared()).toEqual([])
    expect(jobs['build_cluster']).toMatchObject({
      results: { 'brickrail-reports/build-cluster-dev.junit.xml': expect.stringContaining('HelloCluster') },
      outputs: { 'run.deployment': '1' },
      summaries: [expect.stringContaining('HelloCluster')],
    })
  })

  it('of a notebook syncs the files, leaves the cluster alone, and hands on what it did', async () => {
    world.comment('one')
    const { ran, jobs, faults } = await world.push([notebook])
    expect([ran, faults]).toEqual([ofCode, ''])
    const writes = await world.workspace.writes()
    expect(writes.filter((call) => ofCompute.test(call))).toEqual([])
    expect(await shared()).toEqual(['/Shared/HelloWorkspace'])
    const { 'run.deployment': deployment, 'run.changes': changes } = jobs['sync_workspace']?.outputs ?? {}
    expect(jobs['report']?.text).toContain(`deployment ${deployment}, changes ${changes}`)
    expect(Number(changes)).toBeGreaterThan(0)
    expect(jobs['cluster_tests']?.outputs).toEqual({
      'run.tests': '7',
      'run.failed_tests': '0',
      'run.flaky_tests': '0',
    })
    expect((await world.workspace.jobs()).map(({ name }) => name)).toEqual([
      'tesseract-search',
      'tesseract-search-wheel',
      'tesseract-train',
    ])
  })

  it('that is run again writes nothing', async () => {
    const at = { commit: { sha: world.repository.head(), ref: 'refs/heads/master' } }
    const runs = world.service().started({ event: 'push', changed: [cluster, notebook] }, 'azure-repos')
    const { ran, faults } = await world.happen(runs, at)
    expect([ran, faults]).toEqual([[...checked, 'build_cluster', ...last, ...ofCode], ''])
    expect(await world.workspace.writes()).toEqual([testRun, testRun, testRun])
  })

  it('of a job’s JSON deploys the job, and neither cluster nor files', async () => {
    const before = await world.workspace.files('/Shared/HelloWorkspace')
    world.repository.edit(job, (text) => text.replace('"timeout_seconds": 3600', '"timeout_seconds": 3000'))
    const { ran, faults } = await world.push([job])
    expect([ran, faults]).toEqual([[...checked, 'deploy_jobs', ...last], ''])
    const found = (await world.workspace.jobs()).find(({ name }) => name === 'tesseract-train')
    expect(found?.timeout_seconds).toBe(3000)
    const writes = await world.workspace.writes()
    expect(writes.filter((call) => ofCompute.test(call))).toEqual([])
    expect(await world.workspace.files('/Shared/HelloWorkspace')).toEqual(before)
  })

  it('with a broken test of the data is red at cluster_tests, and has its report', async () => {
    world.repository.edit(clusterTest, broken)
    const red = await world.push([clusterTest])
    expect(red.ran).toEqual(ofCode)
    expect(red.failed).toEqual(['cluster_tests', 'cluster_tests'])
    const { status, results = {}, outputs } = red.jobs['cluster_tests'] ?? {}
    expect([status, Object.keys(results)]).toEqual([8, ['brickrail-reports/test-dev.junit.xml']])
    expect(Object.values(results).flatMap(failedTests)).toEqual([failing])
    expect(outputs).toMatchObject({ 'run.tests': '7', 'run.failed_tests': '1' })
    world.repository.edit(clusterTest, mended)
    expect((await world.push([clusterTest])).faults).toBe('')
    await world.workspace.calls()
  })

  it('of anything else starts nothing', () => {
    expect(world.service().started({ event: 'push', changed: ['README.md'] }, 'azure-repos')).toEqual([])
  })

  it.each([
    ['DATABRICKS_TOKEN', (group: Group): Group => ({ ...group, secret: {} })],
    ['DATABRICKS_HOST', (group: Group): Group => ({ ...group, plain: {} })],
  ])('ends with 2 and says so when %s has no value in the variable group', async (name, without) => {
    world.repository.edit(cluster, (text) => `${text}\n`)
    const { ran, jobs } = await world.push([cluster], {
      groups: { databricks_cli: without(world.group()) },
    })
    expect(ran).toEqual([...checked, 'build_cluster'])
    const { text = '' } = jobs['build_cluster'] ?? {}
    expect([jobs['build_cluster']?.status, text]).toEqual([2, expect.stringContaining(name)])
    expect(text).toMatch(/##vso\[task\.logissue type=error.*what to do: /)
    expect(await world.workspace.calls()).toEqual([])
  })

  it('with a token that the workspace does not take is not allowed', async () => {
    const groups = {
      databricks_cli: { ...world.group(), secret: { databricks_token: 'dapi-of-somebody-else' } },
    }
    world.resize(1, 2)
    const { jobs } = await world.push([cluster], { groups })
    expect(jobs['build_cluster']?.status).toBe(5)
    expect(await world.workspace.writes()).toEqual([])
  })

  it('after a red one catches up with what that has left', async () => {
    world.comment('two')
    const { ran, jobs, faults } = await world.push([notebook])
    expect([ran, faults]).toEqual([ofCode, ''])
    expect(jobs['catch_up']?.text).toMatch(/(?<!nothing )left behind/)
    expect(await world.workspace.workers()).toBe(2)
    await world.workspace.calls()
  })
})

/** The same pipelines for a cluster and files only: what follows is not about what is deployed. */
describe('a push', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld('small')
    await world.push([cluster, notebook])
    await world.workspace.calls()
  })
  afterAll(async () => await world.close())

  it('with pipeline files that somebody edited deploys nothing', async () => {
    const file = 'azure-pipelines/build-workspace.yml'
    const good = world.repository.read(file)
    world.repository.edit(file, (text) => text.replace('timeoutInMinutes: 90', 'timeoutInMinutes: 900'))
    world.comment('three')
    const { ran, jobs } = await world.push([notebook])
    expect([ran, jobs['check_pipelines']?.status]).toEqual([['check_pipelines'], 3])
    expect(jobs['check_pipelines']?.text).toContain('timeoutInMinutes: 900')
    expect(await world.workspace.calls()).toEqual([])
    world.repository.write(file, good)
    expect((await world.push([notebook])).faults).toBe('')
    await world.workspace.calls()
  })

  describe('that is cancelled', () => {
    /** The agent interrupts the task Bash@3, and that one sends SIGTERM to its bash; others hand the agent's SIGINT on. */
    const cancelled = async (
      signal: NodeJS.Signals,
      mend?: (script: string) => string,
    ): Promise<Ended | undefined> => {
      await world.workspace.delay('/api/2.0/workspace', 500)
      for (const number of [1, 2, 3])
        world.repository.write(`workspace/more/${signal}-${Math.random()}-${number}.py`, `print(${number})\n`)
      try {
        const { jobs } = await world.push([notebook], {
          ...(mend && { mend }),
          onProcess: (id, child) => {
            if (id === 'sync_workspace') setTimeout(() => child.kill(signal), 1300)
          },
        })
        return jobs['sync_workspace']
      } finally {
        await world.workspace.recover()
        await world.workspace.calls()
      }
    }

    it.each(['SIGTERM', 'SIGINT'] as const)(
      'by %s ends in good order within the time that the agent gives it',
      async (signal) => {
        const ended = await cancelled(signal)
        expect([ended?.status, ended?.text]).toEqual([4, expect.stringContaining(`stopped by ${signal}`)])
        expect(ended?.ms).toBeLessThan(7500)
      },
    )

    it('leaves nothing that the next run has to wait for', async () => {
      world.comment('five')
      const { ran, faults } = await world.push([notebook])
      expect([ran, faults]).toEqual([
        ['check_pipelines', 'validate', 'sync_workspace', 'catch_up', 'report'],
        '',
      ])
    })

    it('would not hear of it if the shell were in between', async () => {
      const ended = await cancelled('SIGTERM', (script) => `${script.replace(/^exec /m, '')}\ntrue\n`)
      expect(ended?.text).not.toContain('stopped by SIGTERM')
    })
  })
})
