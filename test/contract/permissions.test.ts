import { describe, expect, it } from 'vitest'
import { isMissing } from '../../src/http/api-error.ts'
import type { AccessControl, AccessControlResponse, ObjectPermissions } from '../../src/wire/permissions.ts'
import { computeOf } from './compute.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { costly, open, refused } from './subject.ts'

const subject = await open()
const { client, setup, unique } = subject
const compute = computeOf(subject)

type Target = { request_object_type: string; request_object_id: string }

const makers = {
  jobs: async () => {
    const { job_id: id } = await setup.jobs.create({ name: unique('job') })
    subject.undo(() => setup.jobs.delete({ job_id: id }))
    return `${id}`
  },
  directories: async () => {
    const path = await subject.path('folder')
    await setup.workspace.mkdirs({ path })
    return `${(await setup.workspace.getStatus({ path })).object_id}`
  },
  notebooks: async () => {
    const path = await subject.path('notebook')
    const content = Buffer.from('# Databricks notebook source\nprint(1)').toString('base64')
    await setup.workspace.import({ path, content, format: 'SOURCE', language: 'PYTHON' })
    return `${(await setup.workspace.getStatus({ path })).object_id}`
  },
  clusters: () => compute.create(),
}
type Kind = keyof typeof makers

const make = async (kind: Kind): Promise<Target> => ({
  request_object_type: kind,
  request_object_id: await makers[kind](),
})

const users = (level: string): AccessControl => ({ group_name: 'users', permission_level: level })
const entryOf = (shown: ObjectPermissions, group: string): AccessControlResponse | undefined =>
  shown.access_control_list?.find(({ group_name: name }) => name === group)
const levels = (entry: AccessControlResponse | undefined, inherited: boolean): string[] =>
  (entry?.all_permissions ?? [])
    .filter((one) => (one.inherited ?? false) === inherited)
    .map(({ permission_level: level }) => level)
const direct = async (target: Target): Promise<string[]> =>
  levels(entryOf(await client.permissions.get(target), 'users'), false)

describe.each([
  ['directories', 'directory', ['CAN_READ', 'CAN_RUN', 'CAN_EDIT', 'CAN_MANAGE']],
  ['notebooks', 'notebook', ['CAN_READ', 'CAN_RUN', 'CAN_EDIT', 'CAN_MANAGE']],
  ['jobs', 'job', ['CAN_VIEW', 'CAN_MANAGE_RUN', 'IS_OWNER', 'CAN_MANAGE']],
  ['clusters', 'cluster', ['CAN_ATTACH_TO', 'CAN_RESTART', 'CAN_MANAGE']],
] as const)('permissions of %s', (kind, type, known) => {
  const skipped = costly && kind === 'clusters'

  it.skipIf(skipped)('name the object and its kind', async () => {
    const target = await make(kind)
    const shown = await client.permissions.get(target)
    expect(shown).toMatchObject({ object_id: `/${kind}/${target.request_object_id}`, object_type: type })
  })

  it.skipIf(skipped)('know these levels', async () => {
    const { permission_levels: found = [] } = await client.permissions.getLevels(await make(kind))
    expect(found.map(({ permission_level: level }) => level)).toEqual(expect.arrayContaining([...known]))
    expect(found.every(({ description }) => description !== '')).toBe(true)
  })

  it.skipIf(skipped)('merge on PATCH, and the last level of a principal wins', async () => {
    const target = await make(kind)
    const [weak, strong] = [known[0], known[1]]
    await client.permissions.update({ ...target, access_control_list: [users(weak), users(strong)] })
    expect(await direct(target)).toEqual([strong])
    await client.permissions.update({ ...target, access_control_list: [] })
    expect(await direct(target)).toEqual([strong])
  })

  it.skipIf(skipped)('are replaced by PUT; the admins keep theirs', async () => {
    const target = await make(kind)
    const { userName } = await setup.identity.me({})
    const me: AccessControl = {
      [userName.includes('@') ? 'user_name' : 'service_principal_name']: userName,
      permission_level: kind === 'jobs' ? 'IS_OWNER' : 'CAN_MANAGE',
    }
    await client.permissions.update({ ...target, access_control_list: [users(known[0])] })
    const shown = await client.permissions.set({ ...target, access_control_list: [me] })
    expect(entryOf(shown, 'users')).toBeUndefined()
    expect(await direct(target)).toEqual([])
    expect(levels(entryOf(shown, 'admins'), true)).toContain('CAN_MANAGE')
  })

  it.skipIf(skipped)('refuse a level of something else', async () => {
    const target = await make(kind)
    const wrong = users(kind === 'clusters' ? 'CAN_VIEW' : 'CAN_ATTACH_TO')
    const refusal = await refused(client.permissions.update({ ...target, access_control_list: [wrong] }))
    expect(refusal.status).toBe(400)
    expect(await direct(target)).toEqual([])
  })
})

describe('permissions', () => {
  it('refuse a principal that does not exist, and change nothing', async () => {
    const target = await make('jobs')
    const stranger = { user_name: `${unique('nobody')}@example.com`, permission_level: 'CAN_VIEW' }
    const list = [users('CAN_VIEW'), stranger]
    const refusal = await refused(client.permissions.update({ ...target, access_control_list: list }))
    expect(['RESOURCE_DOES_NOT_EXIST', 'BAD_REQUEST']).toContain(refusal.errorCode)
    expect(refusal.apiMessage).toContain(`UserName(${stranger.user_name}) does not exist`)
    expect(await direct(target)).toEqual([])
  })

  it('of an unknown job are missing', async () => {
    const target = { request_object_type: 'jobs', request_object_id: '9007199254740993' }
    expect(isMissing(await refused(client.permissions.get(target)))).toBe(true)
  })

  it('replaced without an owner are refused for a job, and stay', async () => {
    const target = await make('jobs')
    const before = await client.permissions.get(target)
    const list = [users('CAN_VIEW')]
    const refusal = await refused(client.permissions.set({ ...target, access_control_list: list }))
    expect(refusal.apiMessage).toContain('must have exactly one owner')
    expect(await client.permissions.get(target)).toEqual(before)
  })

  it('of a folder hold for what is in it, and say where they come from', async () => {
    const folder = await subject.path('folder')
    await setup.workspace.mkdirs({ path: `${folder}/inner` })
    const idOf = async (path: string) => `${(await setup.workspace.getStatus({ path })).object_id}`
    const outer = { request_object_type: 'directories', request_object_id: await idOf(folder) }
    const inner = { ...outer, request_object_id: await idOf(`${folder}/inner`) }
    await client.permissions.update({ ...outer, access_control_list: [users('CAN_RUN')] })
    const entry = entryOf(await client.permissions.get(inner), 'users')
    expect(entry?.all_permissions).toContainEqual({
      permission_level: 'CAN_RUN',
      inherited: true,
      inherited_from_object: [`/directories/${outer.request_object_id}`],
    })
    expect(levels(entry, false)).toEqual([])
  })

  it.skipIf(costly)('of a cluster leave its creator in charge, whatever replaces them', async () => {
    const target = await make('clusters')
    const { userName } = await setup.identity.me({})
    const shown = await client.permissions.set({ ...target, access_control_list: [users('CAN_ATTACH_TO')] })
    const creator = shown.access_control_list?.find(
      ({ user_name: user, service_principal_name: app }) => user === userName || app === userName,
    )
    expect(levels(creator, false)).toEqual(['CAN_MANAGE'])
  })
})

exercisesEveryEndpointOf('permissions', subject)
