import { afterEach, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '../support/harness.ts'

const project = {
  'pipelines/brickrail.yml': `name: two-runs
targets:
  dev: { host: "\${env.DATABRICKS_HOST}" }
clusters:
  Main: { spec: clusters/main.json, strategy: blue-green }
`,
  'pipelines/clusters/main.json': JSON.stringify({
    spark_version: '15.4.x-scala2.12',
    node_type_id: 'Standard_DS3_v2',
    num_workers: 1,
    autotermination_minutes: 60,
  }),
}

let harness: Harness
afterEach(() => harness.close())

/** The workspace, but at the nth call of this kind something else happens: before it arrives, or before its answer does. */
const interrupted = (
  path: string,
  nth: number,
  when: 'before' | 'after',
  meanwhile: () => Promise<void>,
): typeof fetch => {
  let count = 0
  return async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString()
    const isIt = url.includes(path) && (count += 1) === nth
    if (isIt && when === 'before') await meanwhile()
    const answer = await harness.emulator.fetch(input, init)
    if (isIt && when === 'after') await meanwhile()
    return answer
  }
}

const clusters = async (): Promise<{ state: string; node_type_id: string }[]> => {
  const headers = { authorization: `Bearer ${harness.emulator.token}` }
  const response = await harness.emulator.fetch('http://workspace.test/api/2.1/clusters/list', { headers })
  return ((await response.json()) as { clusters?: { state: string; node_type_id: string }[] }).clusters ?? []
}

const exits = async (): Promise<string[]> => {
  const { stdout } = await harness.run('history', ['-o', 'json'])
  const { result } = JSON.parse(stdout) as { result: { deployments: { status: string }[] } }
  return result.deployments.map(({ status }) => status).reverse()
}

describe('two runs at once', () => {
  it.each([
    ['before', 0, /^(?!.*was made by)/s],
    // What was listed is old by now, and the record that it was planned on is no longer the newest.
    ['after', 6, /was made by/],
  ] as const)(
    'one that deploys %s the clusters were listed: the other one ends %i, with one cluster',
    async (when, code, says) => {
      harness = createHarness(project)
      const meanwhile = async () => expect((await harness.run('deploy')).exit).toBe(0)
      const { exit, stderr } = await harness.run('deploy', [], {
        fetch: interrupted('clusters/list', 1, when, meanwhile),
      })
      expect([exit, stderr]).toEqual([code, expect.stringMatching(says)])
      expect([(await clusters()).length, await exits()]).toEqual([1, ['done']])
    },
  )

  it('one that may wait plans again on what the other one has left', async () => {
    harness = createHarness(project)
    const meanwhile = async () => expect((await harness.run('deploy')).exit).toBe(0)
    const { exit, stdout, stderr } = await harness.run('deploy', ['--lock-timeout', '600'], {
      fetch: interrupted('clusters/list', 1, 'after', meanwhile),
    })
    expect([exit, stderr]).toEqual([0, expect.stringMatching(/was made by .*; planning again/s)])
    expect(stdout).toContain('nothing changed, nothing touched')
    expect([(await clusters()).length, await exits()]).toEqual([1, ['done']])
  })

  it('two jobs of one pipeline that start at the same moment both get their turn', async () => {
    harness = createHarness({
      ...project,
      'pipelines/brickrail.yml': `${project['pipelines/brickrail.yml']}workspace: { path: /Shared/Two }\n`,
      'workspace/a.txt': 'a\n',
    })
    const wait = ['--lock-timeout', '600']
    const [build, sync] = await Promise.all([
      harness.run('build-cluster', wait),
      harness.run('sync-workspace', wait),
    ])
    expect([build.exit, sync.exit, build.stderr + sync.stderr]).toEqual([0, 0, expect.any(String)])
    expect([(await clusters()).length, await exits()]).toEqual([1, ['done', 'done']])
    const again = await harness.run('plan', ['--exit-code'])
    expect([again.exit, again.stdout]).toEqual([0, expect.any(String)])
  })

  it('one that was silent for too long takes nothing away from the one that has taken over', async () => {
    harness = createHarness(project)
    expect((await harness.run('deploy')).exit).toBe(0)
    harness.write(
      'pipelines/clusters/main.json',
      project['pipelines/clusters/main.json'].replace('DS3', 'DS4'),
    )
    const stalled = interrupted('clusters/get', 1, 'before', async () => {
      harness.clock.advance(200_000)
      expect((await harness.run('deploy')).exit).toBe(0)
    })
    const { exit, stderr } = await harness.run('deploy', [], { fetch: stalled })
    expect([exit, stderr]).toEqual([6, expect.stringContaining('has taken over with #3')])
    expect(await clusters()).toMatchObject([{ state: 'RUNNING', node_type_id: 'Standard_DS4_v2' }])
    expect((await harness.run('plan', ['--exit-code'])).exit).toBe(0)
  })
})
