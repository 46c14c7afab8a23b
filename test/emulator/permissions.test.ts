import { describe, expect, it } from 'vitest'
import { runningCluster, workspaceAt } from './workspace-at.ts'

const open = async () => {
  const made = workspaceAt({ clients: [{ id: 'app-1', secret: 's' }] })
  await made.ok('POST', '/_emulator/principals', { user: 'a@example.com', token: 'dapi-a', groups: ['team'] })
  const id = await runningCluster(made.ok)
  return { ...made, id, path: `/api/2.0/permissions/clusters/${id}` }
}
const grant = (name: string, principal: string, level: string) => ({
  [name]: principal,
  permission_level: level,
})
const creator = {
  user_name: 'admin@example.com',
  display_name: 'admin@example.com',
  all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: false }],
}
const admins = {
  group_name: 'admins',
  display_name: 'admins',
  all_permissions: [
    { permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: ['/clusters/'] },
  ],
}
/** principal -> direct levels */
const direct = (body: { access_control_list: Record<string, unknown>[] }) =>
  Object.fromEntries(
    body.access_control_list.map((entry) => [
      entry['display_name'],
      (entry['all_permissions'] as { permission_level: string; inherited: boolean }[])
        .filter(({ inherited }) => !inherited)
        .map(({ permission_level: level }) => level)
        .join(),
    ]),
  )

describe('permissions of a cluster', () => {
  it('begin with its creator and the admins', async () => {
    const { ok, path, id } = await open()
    expect((await ok('GET', path)).body).toEqual({
      object_id: `/clusters/${id}`,
      object_type: 'cluster',
      access_control_list: [creator, admins],
    })
  })

  it('PATCH merges, PUT replaces, the last level of a principal wins', async () => {
    const { ok, path } = await open()
    await ok('PATCH', path, {
      access_control_list: [
        grant('user_name', 'a@example.com', 'CAN_MANAGE'),
        grant('user_name', 'a@example.com', 'CAN_RESTART'),
      ],
    })
    const merged = await ok('PATCH', path, {
      access_control_list: [
        grant('group_name', 'team', 'CAN_ATTACH_TO'),
        grant('service_principal_name', 'app-1', 'CAN_MANAGE'),
      ],
    })
    expect(direct(merged.body)).toEqual({
      'admin@example.com': 'CAN_MANAGE',
      'a@example.com': 'CAN_RESTART',
      team: 'CAN_ATTACH_TO',
      'app-1': 'CAN_MANAGE',
      admins: '',
    })
    await ok('PUT', path, { access_control_list: [grant('group_name', 'users', 'CAN_RESTART')] })
    expect(direct((await ok('GET', path)).body)).toEqual({
      'admin@example.com': 'CAN_MANAGE',
      users: 'CAN_RESTART',
      admins: '',
    })
  })

  it.each([
    [
      grant('user_name', 'x@example.com', 'CAN_MANAGE'),
      404,
      'Principal: UserName(x@example.com) does not exist',
    ],
    [grant('group_name', 'x', 'CAN_MANAGE'), 404, 'Principal: GroupName(x) does not exist'],
    [
      grant('service_principal_name', 'a@example.com', 'CAN_MANAGE'),
      404,
      'Principal: ServicePrincipalName(a@example.com) does not exist',
    ],
    [
      grant('user_name', 'a@example.com', 'CAN_VIEW'),
      400,
      'CAN_VIEW is not a permission level of cluster. Valid levels: CAN_ATTACH_TO, CAN_RESTART, CAN_MANAGE',
    ],
    [
      { permission_level: 'CAN_MANAGE' },
      400,
      'Exactly one of user_name, group_name, service_principal_name must be specified',
    ],
    [{ user_name: 'a@example.com' }, 400, "Missing required field 'permission_level'"],
  ])('refuse %o and change nothing', async (entry, status, message) => {
    const { ok, ask, path } = await open()
    const answer = await ask('PUT', path, {
      access_control_list: [grant('group_name', 'users', 'CAN_RESTART'), entry],
    })
    expect([answer.status, answer.body.message]).toEqual([status, message])
    expect((await ok('GET', path)).body.access_control_list).toEqual([creator, admins])
  })

  it('refuse a body without a list, as a PATCH without a body is', async () => {
    const { ask, path } = await open()
    expect((await ask('PATCH', path)).status).toBe(400)
  })

  it('have levels, and end with the cluster', async () => {
    const { ok, ask, path, id } = await open()
    const { body } = await ok('GET', `${path}/permissionLevels`)
    expect(
      body.permission_levels.map((entry: { permission_level: string }) => entry.permission_level),
    ).toEqual(['CAN_ATTACH_TO', 'CAN_RESTART', 'CAN_MANAGE'])
    await ok('POST', '/api/2.1/clusters/permanent-delete', { cluster_id: id })
    expect((await ask('GET', path)).status).toBe(404)
  })

  it('can be changed by those who manage it only', async () => {
    const { ok, ask, path } = await open()
    const list = { access_control_list: [grant('user_name', 'a@example.com', 'CAN_MANAGE')] }
    expect((await ask('PUT', path, list, 'dapi-a')).status).toBe(403)
    expect((await ask('GET', path, undefined, 'dapi-a')).status).toBe(403)
    await ok('PATCH', path, list)
    expect((await ask('PUT', path, list, 'dapi-a')).status).toBe(200)
  })
})

describe('permissions of other things', () => {
  it('of a folder hold below it, and say so', async () => {
    const { ok } = workspaceAt()
    await ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/X' })
    await ok('POST', '/api/2.0/workspace/import', {
      path: '/Shared/X/n',
      format: 'SOURCE',
      language: 'R',
      content: '',
    })
    const idOf = async (path: string) =>
      (await ok('GET', `/api/2.0/workspace/get-status?path=${path}`)).body.object_id
    const shared = `/directories/${await idOf('/Shared')}`
    const { body } = await ok('GET', `/api/2.0/permissions/notebooks/${await idOf('/Shared/X/n')}`)
    expect(body).toMatchObject({
      object_type: 'notebook',
      access_control_list: [
        {
          group_name: 'users',
          all_permissions: [
            { permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: [shared] },
          ],
        },
        { group_name: 'admins' },
      ],
    })
    expect(
      (await ok('GET', `/api/2.0/permissions/directories/${await idOf('/Shared/X')}`)).body.object_type,
    ).toBe('directory')
  })

  it('of a job have exactly one owner', async () => {
    const { ok, ask } = await open()
    const { job_id: id } = (await ok('POST', '/api/2.2/jobs/create', { name: 'j' })).body
    const path = `/api/2.0/permissions/jobs/${id}`
    expect(direct((await ok('GET', path)).body)).toEqual({ 'admin@example.com': 'IS_OWNER', admins: '' })
    const refused = await ask('PUT', path, { access_control_list: [grant('group_name', 'team', 'CAN_VIEW')] })
    expect([refused.status, refused.body.message]).toEqual([400, 'The job must have exactly one owner.'])
    expect(direct((await ok('GET', path)).body)).toEqual({ 'admin@example.com': 'IS_OWNER', admins: '' })
    await ok('PUT', path, { access_control_list: [grant('user_name', 'a@example.com', 'IS_OWNER')] })
    expect((await ask('GET', `/api/2.2/jobs/get?job_id=${id}`, undefined, 'dapi-a')).status).toBe(200)
  })

  it.each([
    ['clusters/none', 404],
    ['jobs/1', 404],
    ['directories/1', 404],
    ['experiments/1', 501],
  ])('%s: %i', async (target, status) => {
    const { ask } = workspaceAt()
    expect((await ask('GET', `/api/2.0/permissions/${target}`)).status).toBe(status)
  })
})
