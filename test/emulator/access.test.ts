import { beforeAll, describe, expect, it } from 'vitest'
import { base64, runningCluster, settle, spec, workspaceAt } from './workspace-at.ts'

const reader = 'dapi-reader'
const builder = 'dapi-builder'

const workspaceWithPeople = async () => {
  const made = workspaceAt()
  const people = [
    { user: 'reader@example.com', token: reader, groups: ['analysts'] },
    {
      user: 'builder@example.com',
      token: builder,
      entitlements: ['workspace-access', 'allow-cluster-create'],
    },
  ]
  for (const person of people) await made.ok('POST', '/_emulator/principals', person)
  return made
}

describe('rights on clusters', () => {
  it('creating needs the entitlement', async () => {
    const { ask } = await workspaceWithPeople()
    const refused = await ask('POST', '/api/2.1/clusters/create', spec, reader)
    expect([refused.status, refused.body]).toEqual([
      403,
      {
        error_code: 'PERMISSION_DENIED',
        message: 'You are not authorized to create clusters. Please contact your administrator.',
      },
    ])
    expect((await ask('POST', '/api/2.1/clusters/create', spec, builder)).status).toBe(200)
  })

  /** Level granted -> calls allowed with it; every other one is a 403. */
  const calls: [string, string, string][] = [
    ['GET get', 'CAN_ATTACH_TO', ''],
    ['GET cluster-status', 'CAN_ATTACH_TO', ''],
    ['POST events', 'CAN_ATTACH_TO', ''],
    ['POST start', 'CAN_RESTART', ''],
    ['POST restart', 'CAN_RESTART', ''],
    ['POST edit', 'CAN_MANAGE', ''],
    ['POST resize', 'CAN_MANAGE', ''],
    ['POST install', 'CAN_MANAGE', ''],
    ['POST uninstall', 'CAN_MANAGE', ''],
    ['POST delete', 'CAN_MANAGE', ''],
    ['POST permanent-delete', 'CAN_MANAGE', ''],
    ['POST pin', 'admin', ''],
    ['POST unpin', 'admin', ''],
    ['POST change-owner', 'admin', ''],
  ]
  const order = ['none', 'CAN_ATTACH_TO', 'CAN_RESTART', 'CAN_MANAGE', 'admin']
  it.each(calls)('%s needs %s', async (call, needed) => {
    const [method = '', name = ''] = call.split(' ')
    const family = ['cluster-status', 'install', 'uninstall'].includes(name)
      ? '2.0/libraries'
      : '2.1/clusters'
    for (const level of order.slice(0, 4)) {
      const { ok, ask } = await workspaceWithPeople()
      const id = await runningCluster(ok)
      if (level !== 'none')
        await ok('PATCH', `/api/2.0/permissions/clusters/${id}`, {
          access_control_list: [{ group_name: 'analysts', permission_level: level }],
        })
      const body = {
        ...spec,
        cluster_id: id,
        libraries: [{ pypi: { package: 'a' } }],
        owner_username: 'reader@example.com',
      }
      const answer = await ask(
        method,
        `/api/${family}/${name}${method === 'GET' ? `?cluster_id=${id}` : ''}`,
        method === 'GET' ? undefined : body,
        reader,
      )
      const allowed = order.indexOf(level) >= order.indexOf(needed)
      const refusal = {
        error_code: 'PERMISSION_DENIED',
        message: expect.stringContaining('reader@example.com'),
      }
      expect([answer.status, answer.body]).toEqual(allowed ? [200, answer.body] : [403, refusal])
    }
  })

  it('a creator keeps all of them, and others do not see the cluster', async () => {
    const { ok, ask } = await workspaceWithPeople()
    const { cluster_id: id } = (await ok('POST', '/api/2.1/clusters/create', spec, builder)).body
    await ok('PUT', `/api/2.0/permissions/clusters/${id}`, { access_control_list: [] }, builder)
    await settle((...request) => ok(request[0], request[1], request[2], builder), id)
    expect((await ask('POST', '/api/2.1/clusters/edit', { ...spec, cluster_id: id }, builder)).status).toBe(
      200,
    )
    expect((await ok('GET', '/api/2.1/clusters/list', undefined, builder)).body.clusters).toHaveLength(1)
    expect((await ok('GET', '/api/2.1/clusters/list', undefined, reader)).body).toEqual({})
    expect((await ok('GET', '/api/2.0/libraries/all-cluster-statuses', undefined, reader)).body).toEqual({})
  })
})

describe('rights in the tree', () => {
  let made: Awaited<ReturnType<typeof workspaceWithPeople>>
  beforeAll(async () => {
    made = await workspaceWithPeople()
    await made.ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Team/A' })
    await made.ok('POST', '/api/2.0/workspace/import', {
      path: '/Team/A/f.txt',
      format: 'AUTO',
      content: base64('x'),
    })
  })
  const file = (path: string) => ({ path, format: 'AUTO', content: base64('y'), overwrite: true })
  it.each([
    ['import', file('/Shared/r.txt'), 200],
    ['import', file('/Users/reader@example.com/r.txt'), 200],
    ['mkdirs', { path: '/Shared' }, 200],
    ['mkdirs', { path: '/Shared/d' }, 200],
    ['mkdirs', { path: '/Users/reader@example.com/d/e' }, 200],
    ['delete', { path: '/Shared/d' }, 200],
    ['import', file('/Users/builder@example.com/r.txt'), 403],
    ['import', file('/Team/A/r.txt'), 403],
    ['import', file('/Team/A/f.txt'), 403],
    ['import', file('/r.txt'), 403],
    ['mkdirs', { path: '/Other' }, 403],
    ['mkdirs', { path: '/Team/A/d' }, 403],
    ['delete', { path: '/Team/A', recursive: true }, 403],
  ])('%s %o: %i', async (call, body, status) => {
    expect((await made.ask('POST', `/api/2.0/workspace/${call}`, body, reader)).status).toBe(status)
  })
  it('reading is a right too, and the standard folders are open', async () => {
    for (const [path, status] of [
      ['/', 200],
      ['/Users', 200],
      ['/Shared', 200],
      ['/Team/A', 403],
      ['/Team/A/f.txt', 403],
    ] as const)
      expect([
        path,
        (await made.ask('GET', `/api/2.0/workspace/list?path=${path}`, undefined, reader)).status,
      ]).toEqual([path, status])
    expect(
      (await made.ask('GET', '/api/2.0/workspace/export?path=/Team/A/f.txt', undefined, reader)).status,
    ).toBe(403)
    expect((await made.ask('GET', '/api/2.0/workspace-files/Team/A/f.txt', undefined, reader)).status).toBe(
      403,
    )
  })
  it('may be on one file alone, and a group is not everybody', async () => {
    const { body } = await made.ok('GET', '/api/2.0/workspace/get-status?path=/Team/A/f.txt')
    const grant = (group: string) =>
      made.ok('PUT', `/api/2.0/permissions/files/${body.object_id}`, {
        access_control_list: [{ group_name: group, permission_level: 'CAN_EDIT' }],
      })
    const overwrite = async () =>
      (await made.ask('POST', '/api/2.0/workspace/import', file('/Team/A/f.txt'), reader)).status
    await made.ok('POST', '/_emulator/principals', { user: 'c@example.com', groups: ['chemists'] })
    await grant('chemists')
    expect(await overwrite()).toBe(403)
    await grant('analysts')
    expect(await overwrite()).toBe(200)
    expect((await made.ask('POST', '/api/2.0/workspace/import', file('/Team/A/g.txt'), reader)).status).toBe(
      403,
    )
    await grant('chemists')
  })
  it('is inherited from folders', async () => {
    const { body } = await made.ok('GET', '/api/2.0/workspace/get-status?path=/Team')
    await made.ok('PUT', `/api/2.0/permissions/directories/${body.object_id}`, {
      access_control_list: [{ user_name: 'reader@example.com', permission_level: 'CAN_READ' }],
    })
    expect(
      (await made.ask('GET', '/api/2.0/workspace/export?path=/Team/A/f.txt', undefined, reader)).status,
    ).toBe(200)
    expect((await made.ask('POST', '/api/2.0/workspace/import', file('/Team/A/f.txt'), reader)).status).toBe(
      403,
    )
    await made.ok('PATCH', `/api/2.0/permissions/directories/${body.object_id}`, {
      access_control_list: [{ user_name: 'reader@example.com', permission_level: 'CAN_EDIT' }],
    })
    expect((await made.ask('POST', '/api/2.0/workspace/import', file('/Team/A/f.txt'), reader)).status).toBe(
      200,
    )
  })
})
