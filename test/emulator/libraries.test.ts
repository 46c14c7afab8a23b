import { describe, expect, it } from 'vitest'
import { runningCluster, settle, spec, workspaceAt, type Ask } from './workspace-at.ts'

const pypi = (name: string) => ({ pypi: { package: name } })

const statuses = async (ok: Ask, id: string): Promise<[string, string][]> => {
  const { body } = await ok('GET', `/api/2.0/libraries/cluster-status?cluster_id=${id}`)
  return (body.library_statuses ?? []).map((entry: { library: object; status: string }) => [
    JSON.stringify(entry.library),
    entry.status,
  ])
}
const change = (ok: Ask, call: string, id: string, ...libraries: object[]) =>
  ok('POST', `/api/2.0/libraries/${call}`, { cluster_id: id, libraries })
const only = async (ok: Ask, id: string) => (await statuses(ok, id)).map(([, status]) => status)

describe('libraries', () => {
  it('show an intermediate state once under the instant clock', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok)
    await change(ok, 'install', id, pypi('azure'), { cran: { package: 'tidyverse' } })
    expect(await statuses(ok, id)).toEqual([
      ['{"pypi":{"package":"azure"}}', 'INSTALLING'],
      ['{"cran":{"package":"tidyverse"}}', 'INSTALLING'],
    ])
    expect(await only(ok, id)).toEqual(['INSTALLED', 'INSTALLED'])
  })

  it('go through their phases under the real clock, and show one even to a late look', async () => {
    const { ok } = workspaceAt({ clock: 'real' })
    const { cluster_id: id } = (await ok('POST', '/api/2.1/clusters/create', spec)).body
    const advance = (ms: number) => ok('POST', '/_emulator/clock', { advance_ms: ms })
    await settle(ok, id)
    await advance(3000)
    await settle(ok, id)
    await change(ok, 'install', id, pypi('a'))
    const seen = []
    for (let step = 0; step < 4; step += 1) {
      seen.push(...(await only(ok, id)))
      await advance(1000)
    }
    expect(seen).toEqual(['PENDING', 'RESOLVING', 'INSTALLING', 'INSTALLED'])
    await change(ok, 'install', id, pypi('b'))
    await advance(60_000)
    expect(await only(ok, id)).toEqual(['INSTALLED', 'INSTALLING'])
    expect(await only(ok, id)).toEqual(['INSTALLED', 'INSTALLED'])
  })

  it('wait for a cluster that is not RUNNING', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok)
    await ok('POST', '/api/2.1/clusters/delete', { cluster_id: id })
    await settle(ok, id)
    await change(ok, 'install', id, pypi('a'))
    expect([...(await only(ok, id)), ...(await only(ok, id))]).toEqual(['PENDING', 'PENDING'])
    await ok('POST', '/api/2.1/clusters/start', { cluster_id: id })
    const seen = []
    for (let look = 0; look < 3; look += 1) seen.push(...(await only(ok, id)))
    expect(seen).toEqual(['PENDING', 'INSTALLING', 'INSTALLED'])
  })

  it('go at the restart after uninstall, last in the list until then', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok)
    await change(ok, 'install', id, pypi('a'), pypi('b'))
    await only(ok, id)
    await change(ok, 'uninstall', id, pypi('a'), pypi('never-installed'))
    expect(await statuses(ok, id)).toEqual([
      [JSON.stringify(pypi('b')), 'INSTALLED'],
      [JSON.stringify(pypi('a')), 'UNINSTALL_ON_RESTART'],
    ])
    await ok('POST', '/api/2.1/clusters/restart', { cluster_id: id })
    expect(await statuses(ok, id)).toEqual([[JSON.stringify(pypi('b')), 'PENDING']])
    await settle(ok, id)
    expect([...(await only(ok, id)), ...(await only(ok, id))]).toEqual(['INSTALLING', 'INSTALLED'])
  })

  it.each(['edit', 'start'])('that are marked go at %s too', async (how) => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok)
    await change(ok, 'install', id, pypi('a'))
    await change(ok, 'uninstall', id, pypi('a'))
    if (how !== 'edit') {
      await ok('POST', '/api/2.1/clusters/delete', { cluster_id: id })
      await settle(ok, id)
    }
    expect(await only(ok, id)).toEqual(['UNINSTALL_ON_RESTART'])
    await ok('POST', `/api/2.1/clusters/${how}`, { ...spec, cluster_id: id })
    expect((await ok('GET', `/api/2.0/libraries/cluster-status?cluster_id=${id}`)).body).toEqual({
      cluster_id: id,
    })
  })

  it('are identified by the whole object, whatever the order of its keys', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok)
    await change(ok, 'install', id, pypi('x==1'), pypi('x==2'), { pypi: { package: 'y', repo: 'r' } })
    await change(ok, 'install', id, { pypi: { repo: 'r', package: 'y' } }, pypi('x==1'))
    expect(await only(ok, id)).toHaveLength(3)
  })

  it('installed again lose their mark, keep their state', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok)
    await change(ok, 'install', id, pypi('a'))
    await only(ok, id)
    await change(ok, 'uninstall', id, pypi('a'))
    await change(ok, 'install', id, pypi('a'))
    expect(await only(ok, id)).toEqual(['INSTALLED'])
  })

  it('fail as scripted, with their messages, and may be tried again', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok)
    await ok('POST', '/_emulator/outcomes', { library: 'python-tds', messages: ['No matching distribution'] })
    await change(ok, 'install', id, pypi('azure'), pypi('python-tds'))
    await only(ok, id)
    const { body } = await ok('GET', `/api/2.0/libraries/cluster-status?cluster_id=${id}`)
    expect(body.library_statuses[1]).toEqual({
      library: pypi('python-tds'),
      status: 'FAILED',
      messages: ['No matching distribution'],
      is_library_for_all_clusters: false,
    })
    await change(ok, 'install', id, pypi('python-tds'))
    await only(ok, id)
    expect(await only(ok, id)).toEqual(['INSTALLED', 'INSTALLED'])
  })

  it('of the kind egg fail since runtime 14', async () => {
    const { ok } = workspaceAt()
    for (const [version, expected] of [
      ['15.4.x-scala2.12', 'FAILED'],
      ['13.3.x-scala2.12', 'INSTALLED'],
    ] as const) {
      const id = await runningCluster(ok, { spark_version: version })
      await change(ok, 'install', id, { egg: 'dbfs:/x.egg' })
      await only(ok, id)
      expect(await only(ok, id)).toEqual([expected])
    }
  })

  const bad: [string, unknown, string][] = [
    ['two kinds in one', [{ pypi: { package: 'a' }, whl: 'b' }], 'INVALID_PARAMETER_VALUE'],
    ['no kind', [{}], 'INVALID_PARAMETER_VALUE'],
    ['an unknown kind', [{ conda: { package: 'a' } }], 'INVALID_PARAMETER_VALUE'],
    ['no package', [{ pypi: {} }], 'INVALID_PARAMETER_VALUE'],
    ['no coordinates', [{ maven: { package: 'a' } }], 'INVALID_PARAMETER_VALUE'],
    ['text for a package', [{ pypi: 'a' }], 'MALFORMED_REQUEST'],
    ['no libraries', [], 'INVALID_PARAMETER_VALUE'],
    ['a map for a list', {}, 'MALFORMED_REQUEST'],
  ]
  it.each(bad)('refuse %s, and install nothing of the call', async (_, libraries, code) => {
    const { ok, ask } = workspaceAt()
    const id = await runningCluster(ok)
    const list = Array.isArray(libraries) && libraries.length > 0 ? [pypi('good'), ...libraries] : libraries
    const answer = await ask('POST', '/api/2.0/libraries/install', { cluster_id: id, libraries: list })
    expect([answer.status, answer.body.error_code]).toEqual([400, code])
    expect(await statuses(ok, id)).toEqual([])
  })

  it('of an unknown cluster are a 400, of all clusters {} when there are none', async () => {
    const { ok, ask } = workspaceAt()
    const answer = await ask('GET', '/api/2.0/libraries/cluster-status?cluster_id=x')
    expect([answer.status, answer.body.message]).toEqual([400, 'Cluster x does not exist'])
    expect((await ok('GET', '/api/2.0/libraries/all-cluster-statuses')).body).toEqual({})
    const id = await runningCluster(ok)
    await change(ok, 'install', id, pypi('a'))
    expect((await ok('GET', '/api/2.0/libraries/all-cluster-statuses')).body).toEqual({
      statuses: [
        {
          cluster_id: id,
          library_statuses: [
            { library: pypi('a'), status: 'INSTALLING', is_library_for_all_clusters: false },
          ],
        },
      ],
    })
  })
})
