import { afterEach, describe, expect, it } from 'vitest'
import { Fail } from '../../src/errors.ts'
import { createHarness, writes, type Harness } from '../support/harness.ts'

/** A small project; each case is a way in which a deployment once went wrong, and must not again. */
const project = {
  'pipelines/brickrail.yml': `name: review
targets:
  dev: { host: "\${env.DATABRICKS_HOST}" }
workspace: { source: ../workspace, path: /Shared/Review }
clusters:
  Main: { spec: clusters/main.json, libraries: libraries/main.yml }
`,
  'pipelines/clusters/main.json': JSON.stringify({
    cluster_name: 'CLUSTER_NAME',
    spark_version: '15.4.x-scala2.12',
    node_type_id: 'Standard_DS3_v2',
    num_workers: 1,
    autotermination_minutes: 60,
  }),
  'pipelines/libraries/main.yml': 'pypi: [simplejson==3.19.2]\n',
  'workspace/a.txt': 'a\n',
  'workspace/b.txt': 'b\n',
}

let harness: Harness
afterEach(() => harness.close())

const start = async (...commands: string[]): Promise<Harness> => {
  harness = createHarness(project)
  for (const command of commands) expect([command, (await harness.run(command)).exit]).toEqual([command, 0])
  return harness
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into as they come
const ask = async (path: string, body?: unknown): Promise<any> => {
  const headers = { authorization: `Bearer ${harness.emulator.token}` }
  const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
  return await (await harness.emulator.fetch(`http://workspace.test/api/${path}`, init)).json()
}
const clusters = async () => (await ask('2.0/clusters/list')).clusters ?? []
const main = async () =>
  (await clusters()).find((one: { cluster_name: string }) => one.cluster_name === 'Main')
const files = async (): Promise<string[]> =>
  ((await ask('2.0/workspace/list?path=/Shared/Review')).objects ?? []).map(
    ({ path }: { path: string }) => path,
  )
const edit = async (path: string, text: string) =>
  await ask('2.0/workspace/import', {
    path,
    format: 'RAW',
    overwrite: true,
    content: Buffer.from(text).toString('base64'),
  })
const textOf = async (path: string): Promise<string> =>
  Buffer.from((await ask(`2.0/workspace/export?path=${path}&format=AUTO`)).content, 'base64').toString()

describe('rollback restores what was deployed then, and leaves alone what was not', () => {
  it('files only: the cluster that came later stays', async () => {
    await start('sync-workspace', 'build-cluster')
    const { cluster_id } = await main()
    expect((await harness.run('rollback', ['--to', '1'])).exit).toBe(0)
    expect((await main()).cluster_id).toBe(cluster_id)
  })

  it('cluster only: the files that came later stay', async () => {
    await start('build-cluster', 'sync-workspace')
    expect((await harness.run('rollback', ['--to', '1'])).exit).toBe(0)
    expect(await files()).toEqual(['/Shared/Review/a.txt', '/Shared/Review/b.txt'])
  })
})

describe('what somebody else did', () => {
  it('an edit in the workspace is seen after a later deployment of clusters only', async () => {
    await start('deploy')
    await edit('/Shared/Review/a.txt', 'HACKED\n')
    harness.write(
      'pipelines/clusters/main.json',
      project['pipelines/clusters/main.json'].replace('"num_workers":1', '"num_workers":2'),
    )
    expect((await harness.run('build-cluster')).exit).toBe(0)
    const planned = await harness.run('plan', ['--exit-code'])
    expect([planned.exit, planned.stdout]).toEqual([
      3,
      expect.stringContaining('a.txt was edited in the workspace'),
    ])
    expect((await harness.run('sync-workspace')).exit).toBe(0)
    expect(await textOf('/Shared/Review/a.txt')).toBe('a\n')
  })

  it('an edit of one file is seen after another file was deployed', async () => {
    await start('deploy')
    await edit('/Shared/Review/a.txt', 'HACKED\n')
    harness.write('workspace/b.txt', 'b2\n')
    expect((await harness.run('deploy')).stdout).toContain('a.txt was edited in the workspace')
    expect([await textOf('/Shared/Review/a.txt'), await textOf('/Shared/Review/b.txt')]).toEqual([
      'a\n',
      'b2\n',
    ])
    expect((await harness.run('plan', ['--exit-code'])).exit).toBe(0)
  })

  it('a clone of our cluster, tags and all, is told of and left', async () => {
    await start('deploy')
    const { spec } = await main()
    const { cluster_id } = await ask('2.0/clusters/create', { ...spec, cluster_name: 'my own copy' })
    const again = await harness.run('deploy')
    expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining(`clones?): ${cluster_id}`)])
    expect((await clusters()).length).toBe(2)
  })

  it('a tag that operations put on the cluster survives an edit', async () => {
    await start('deploy')
    const { spec, cluster_id } = await main()
    await ask('2.0/clusters/get?cluster_id='.concat(cluster_id))
    await ask('2.0/clusters/edit', {
      ...spec,
      cluster_id,
      custom_tags: { ...spec.custom_tags, CostCenter: '42' },
    })
    for (let state = ''; state !== 'RUNNING';)
      state = (await ask(`2.0/clusters/get?cluster_id=${cluster_id}`)).state
    expect((await harness.run('plan', ['--exit-code'])).exit).toBe(0)
    harness.write('pipelines/clusters/main.json', project['pipelines/clusters/main.json'].replace('60', '90'))
    expect((await harness.run('deploy')).exit).toBe(0)
    expect(await main()).toMatchObject({ autotermination_minutes: 90, custom_tags: { CostCenter: '42' } })
  })
})

describe('a library version that does not install', () => {
  it('leaves the version that was there', async () => {
    await start('deploy')
    await harness.control('outcomes', {
      library: 'simplejson==9.9.9',
      messages: ['no matching distribution'],
    })
    harness.write('pipelines/libraries/main.yml', 'pypi: [simplejson==9.9.9]\n')
    const failed = await harness.run('deploy')
    expect([failed.exit, failed.stderr]).toEqual([4, expect.stringContaining('no matching distribution')])
    const { cluster_id } = await main()
    const status = async () =>
      (await ask(`2.0/libraries/cluster-status?cluster_id=${cluster_id}`)).library_statuses
    for (let i = 0; i < 5; i += 1) await status()
    const of = Object.fromEntries(
      (await status()).map((one: { library: { pypi: { package: string } }; status: string }) => [
        one.library.pypi.package,
        one.status,
      ]),
    )
    expect(of).toMatchObject({ 'simplejson==3.19.2': 'INSTALLED' })
    expect(of['simplejson==9.9.9'] ?? 'UNINSTALL_ON_RESTART').toBe('UNINSTALL_ON_RESTART')
    harness.write('pipelines/libraries/main.yml', 'pypi: [simplejson==3.19.2]\n')
    expect((await harness.run('deploy')).exit).toBe(0)
    expect((await harness.run('plan', ['--exit-code'])).exit).toBe(0)
  })
})

describe('refused before anything is written', () => {
  const nothingWritten = async () => expect(writes(await harness.requests())).toEqual([])

  it('an answer that is JSON but no object', async () => {
    await start()
    for (const body of ['[]', '"ok"', 'null', 'true']) {
      await harness.control('faults', { method: 'GET', path: '/api/2.1/clusters/list', status: 200, body })
      const { exit, stderr } = await harness.run('deploy')
      expect([body, exit, stderr]).toEqual([body, 4, expect.stringContaining('no JSON object')])
    }
    await nothingWritten()
  })

  it('a bad --timeout, before the lock is taken', async () => {
    await start()
    expect((await harness.run('deploy', ['--timeout', 'abc'])).exit).toBe(2)
    await nothingWritten()
  })

  it('an id to adopt that is not there', async () => {
    await start()
    harness.write(
      'pipelines/brickrail.yml',
      project['pipelines/brickrail.yml'].replace('main.yml }', 'main.yml, adopt: "1121-000000-aaaaaaaa" }'),
    )
    const { exit, stderr } = await harness.run('deploy')
    expect([exit, stderr]).toEqual([4, expect.stringContaining('1121-000000-aaaaaaaa')])
    await nothingWritten()
  })

  it('a folder to sync to that is a file, by plan already', async () => {
    await start()
    await edit('/Shared/Review', 'a file\n')
    await harness.forget()
    for (const command of ['plan', 'deploy']) expect((await harness.run(command)).exit).toBe(4)
    await nothingWritten()
  })

  it('a secret that would travel in clear text', async () => {
    await start()
    const spec = {
      ...JSON.parse(project['pipelines/clusters/main.json']),
      spark_env_vars: { DB_PASSWORD: '${env.DB_PASSWORD}' },
    }
    harness.write('pipelines/clusters/main.json', JSON.stringify(spec))
    const env = {
      DATABRICKS_HOST: 'http://workspace.test',
      DATABRICKS_TOKEN: harness.emulator.token,
      DB_PASSWORD: 's3cr3t-hunter2',
    }
    const { exit, stderr } = await harness.run('deploy', ['-t', 'dev'], { env })
    expect([exit, stderr]).toEqual([2, expect.stringContaining('{{secrets/<scope>/<key>}}')])
    expect(stderr).not.toContain('hunter2')
    await nothingWritten()
  })
})

describe('destroy after a first deployment that died', () => {
  it('removes the files that it had uploaded', async () => {
    await start()
    const die = new AbortController()
    let imports = 0
    const dying: typeof fetch = async (input, init) => {
      const answer = await harness.emulator.fetch(input, init)
      const url = input instanceof Request ? input.url : input.toString()
      // Refused for want of a folder, the claim, and the two files.
      if (url.endsWith('workspace/import') && (imports += 1) === 4)
        die.abort(new Fail('INTERRUPTED', { signal: 'SIGTERM', what: 'test' }))
      return answer
    }
    expect((await harness.run('deploy', [], { fetch: dying, stop: die.signal })).exit).toBe(4)
    expect((await files()).length).toBe(2)
    expect((await harness.run('destroy', ['--yes', '-t', 'dev'])).exit).toBe(0)
    expect([await files(), await clusters()]).toEqual([[], []])
  })
})

describe('what is no longer declared at all', () => {
  it('the whole workspace section: its files go, and destroy needs no section', async () => {
    await start('deploy')
    harness.write(
      'pipelines/brickrail.yml',
      project['pipelines/brickrail.yml'].replace(/^workspace:.*\n/m, ''),
    )
    expect((await harness.run('destroy', ['--yes'])).exit).toBe(0)
    expect([await files(), await clusters()]).toEqual([[], []])
  })
})
