import { afterEach, describe, expect, it } from 'vitest'
import { createHarness, writes, type Harness } from '../support/harness.ts'

const cluster = (workers: number): string =>
  JSON.stringify({
    cluster_name: 'CLUSTER_NAME',
    spark_version: '15.4.x-scala2.12',
    node_type_id: 'Standard_DS3_v2',
    num_workers: workers,
    autotermination_minutes: 60,
  })

const project = {
  'pipelines/brickrail.yml': `name: catch-up
targets:
  dev: { host: "\${env.DATABRICKS_HOST}" }
workspace: { source: ../workspace, path: /Shared/CatchUp }
clusters:
  Main: { spec: clusters/main.json, libraries: libraries/main.yml }
`,
  'pipelines/clusters/main.json': cluster(1),
  'pipelines/libraries/main.yml': 'pypi: [simplejson==3.19.2]\n',
  'workspace/a.txt': 'a\n',
  'workspace/b.txt': 'b\n',
}

let harness: Harness
afterEach(() => harness.close())

const start = async (...commands: string[]): Promise<void> => {
  harness = createHarness(project)
  for (const command of commands) expect([command, (await harness.run(command)).exit]).toEqual([command, 0])
  await harness.forget()
}

const catchUp = async (): Promise<{ said: string; wrote: string[] }> => {
  await harness.forget()
  const { exit, stdout, stderr } = await harness.run('deploy', ['--catch-up'])
  expect([exit, stderr]).toEqual([0, expect.any(String)])
  const paths = writes(await harness.requests()).map(({ path }) => path.replace(/^\/api\/[\d.]+\//, ''))
  return { said: stderr + stdout, wrote: paths }
}

describe('deploy --catch-up deploys what a run before has left', () => {
  it('nothing, when all was deployed: two reads, no write', async () => {
    await start('build-cluster', 'sync-workspace')
    const { said, wrote } = await catchUp()
    expect(said).toContain('nothing left behind: all that is declared for dev was deployed by #2')
    expect(wrote).toEqual([])
    expect((await harness.requests()).length).toBe(2)
  })

  it('the cluster of a red run, after a push that only touched the files', async () => {
    await start('deploy')
    harness.write('pipelines/clusters/main.json', cluster(3))
    await harness.control('faults', { method: 'POST', path: '/api/2.1/clusters/edit', status: 403, times: 9 })
    await harness.control('faults', {
      method: 'POST',
      path: '/api/2.1/clusters/resize',
      status: 403,
      times: 9,
    })
    expect((await harness.run('build-cluster')).exit).toBeGreaterThan(0)
    harness.write('workspace/a.txt', 'A\n')
    expect((await harness.run('sync-workspace')).exit).toBe(0)
    await harness.emulator.fetch('http://workspace.test/_emulator/faults', { method: 'DELETE' })
    const { said, wrote } = await catchUp()
    expect(said).toContain('left behind: the spec of cluster Main has changed')
    expect(wrote.some((path) => /clusters\/(?:edit|resize)/.test(path))).toBe(true)
    expect(wrote.filter((path) => path.startsWith('workspace/import')).length).toBe(2)
    expect((await catchUp()).wrote).toEqual([])
  })

  it('leaves edits in the workspace to those who look for drift', async () => {
    await start('deploy')
    await harness.emulator.fetch('http://workspace.test/api/2.0/workspace/import', {
      method: 'POST',
      headers: { authorization: `Bearer ${harness.emulator.token}` },
      body: JSON.stringify({
        path: '/Shared/CatchUp/a.txt',
        format: 'RAW',
        overwrite: true,
        content: 'Yg==',
      }),
    })
    expect((await catchUp()).wrote).toEqual([])
    expect((await harness.run('plan', ['--exit-code'])).exit).toBe(3)
  })

  it('does not undo a rollback', async () => {
    await start('deploy')
    harness.write('workspace/a.txt', 'bad\n')
    expect((await harness.run('deploy')).exit).toBe(0)
    expect((await harness.run('rollback', ['--to', '1', '--yes'])).exit).toBe(0)
    const { said, wrote } = await catchUp()
    expect(said).toContain('dev was left by rollback (#3')
    expect(wrote).toEqual([])
    harness.write('workspace/b.txt', 'next\n')
    expect((await harness.run('sync-workspace')).exit).toBe(0)
    expect((await catchUp()).wrote).toEqual([])
  })

  it('everything, where nothing was deployed yet', async () => {
    await start()
    const { said } = await catchUp()
    expect(said).toContain('left behind: cluster Main was not deployed')
    expect(said).toContain('left behind: the files of /Shared/CatchUp were not deployed')
    expect((await catchUp()).wrote).toEqual([])
  })
})
