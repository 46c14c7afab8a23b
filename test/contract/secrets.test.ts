import { describe, expect, it } from 'vitest'
import { isMissing } from '../../src/http/api-error.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { costly, open, real, refused } from './subject.ts'

const subject = await open()
const { client, setup } = subject
const { secrets } = client

const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64')

const newScope = async (): Promise<string> => {
  const scope = subject.unique('scope')
  subject.undo(() => setup.secrets.deleteScope({ scope }))
  await secrets.createScope({ scope })
  return scope
}

const scopeNames = async () => ((await secrets.listScopes({})).scopes ?? []).map(({ name }) => name)

describe('a scope', () => {
  it('is created, listed and deleted with what it holds', async () => {
    const scope = await newScope()
    await secrets.put({ scope, key: 'k', string_value: 'v' })
    const { scopes } = await secrets.listScopes({})
    expect(scopes).toContainEqual(expect.objectContaining({ name: scope, backend_type: 'DATABRICKS' }))
    expect(await secrets.deleteScope({ scope })).toEqual({})
    expect(await scopeNames()).not.toContain(scope)
    expect(isMissing(await refused(secrets.get({ scope, key: 'k' })))).toBe(true)
    expect(isMissing(await refused(secrets.deleteScope({ scope })))).toBe(true)
    await secrets.createScope({ scope })
    expect(await secrets.list({ scope })).toEqual({})
  })

  it('exists once, however it is spelt', async () => {
    const scope = await newScope()
    for (const again of [scope, scope.toUpperCase()])
      expect(await refused(secrets.createScope({ scope: again }))).toMatchObject({
        status: 400,
        errorCode: 'RESOURCE_ALREADY_EXISTS',
      })
    await secrets.put({ scope: scope.toUpperCase(), key: 'k', string_value: 'v' })
    expect((await secrets.list({ scope })).secrets).toHaveLength(1)
  })

  it.each(['', 'with space', 'a/b', 'ä', 'x'.repeat(129)])('cannot be named %j', async (scope) => {
    expect((await refused(secrets.createScope({ scope }))).errorCode).toBe('INVALID_PARAMETER_VALUE')
  })

  it('belongs to its creator, or to everybody', async () => {
    const { userName } = await setup.identity.me({})
    const own = await newScope()
    expect((await secrets.listAcls({ scope: own })).items).toEqual([
      { principal: userName, permission: 'MANAGE' },
    ])
    const scope = subject.unique('scope')
    subject.undo(() => setup.secrets.deleteScope({ scope }))
    await secrets.createScope({ scope, initial_manage_principal: 'users', scope_backend_type: 'DATABRICKS' })
    expect((await secrets.listAcls({ scope })).items).toEqual([{ principal: 'users', permission: 'MANAGE' }])
    const other = secrets.createScope({ scope: subject.unique('scope'), initial_manage_principal: 'admins' })
    expect((await refused(other)).errorCode).toBe('INVALID_PARAMETER_VALUE')
  })
})

describe('a secret', () => {
  it.each([
    ['text', { string_value: 'pässword "1"\n' }, 'pässword "1"\n'],
    ['bytes', { bytes_value: base64('\u0000\u0001x') }, '\u0000\u0001x'],
    ['nothing', { string_value: '' }, ''],
  ])('of %s is put, read and listed', async (_, value, expected) => {
    const scope = await newScope()
    const before = Date.now() - 600_000
    expect(await secrets.put({ scope, key: 'a.b-c_d@e', ...value })).toEqual({})
    expect(await secrets.get({ scope, key: 'a.b-c_d@e' })).toEqual({
      key: 'a.b-c_d@e',
      value: base64(expected),
    })
    const [listed] = (await secrets.list({ scope })).secrets ?? []
    expect(Object.keys(listed ?? {}).toSorted()).toEqual(['key', 'last_updated_timestamp'])
    expect(Number(listed?.last_updated_timestamp)).toBeGreaterThan(before)
  })

  it('is replaced by another of its name, and deleted', async () => {
    const scope = await newScope()
    for (const word of ['one', 'two']) await secrets.put({ scope, key: 'k', string_value: word })
    expect((await secrets.get({ scope, key: 'k' })).value).toBe(base64('two'))
    expect(await secrets.delete({ scope, key: 'k' })).toEqual({})
    expect(await secrets.list({ scope })).toEqual({})
    for (const work of [secrets.get({ scope, key: 'k' }), secrets.delete({ scope, key: 'k' })])
      expect(await refused(work)).toMatchObject({ status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' })
  })

  it.each([
    ['both values', { key: 'k', string_value: 'hidden-1', bytes_value: base64('hidden-1') }],
    ['no value', { key: 'k' }],
    ['no base64', { key: 'k', bytes_value: 'hidden-1 %%' }],
    ['a bad name', { key: 'a b', string_value: 'hidden-1' }],
    ['a long name', { key: 'x'.repeat(129), string_value: 'hidden-1' }],
    ['a large value', { key: 'k', string_value: 'hidden-1'.repeat(16 * 1024 + 1) }],
  ])('with %s is refused, and the refusal does not tell it', async (_, input) => {
    const scope = await newScope()
    const refusal = await refused(secrets.put({ scope, ...input }))
    expect(refusal.status).toBe(400)
    expect(`${refusal.message}${refusal.apiMessage}`).not.toContain('hidden-1')
    expect(await secrets.list({ scope })).toEqual({})
  })

  it('of 128 KB is the largest', async () => {
    const scope = await newScope()
    await secrets.put({ scope, key: 'k', string_value: 'x'.repeat(128 * 1024) })
    expect((await secrets.list({ scope })).secrets).toHaveLength(1)
  })

  it('needs a scope', async () => {
    const scope = subject.unique('none')
    for (const work of [
      secrets.put({ scope, key: 'k', string_value: 'v' }),
      secrets.list({ scope }),
      secrets.listAcls({ scope }),
    ])
      expect(isMissing(await refused(work))).toBe(true)
  })
})

describe('an ACL', () => {
  it('is put, read, replaced and deleted', async () => {
    const scope = await newScope()
    await secrets.putAcl({ scope, principal: 'users', permission: 'READ' })
    expect(await secrets.getAcl({ scope, principal: 'users' })).toEqual({
      principal: 'users',
      permission: 'READ',
    })
    await secrets.putAcl({ scope, principal: 'users', permission: 'WRITE' })
    expect((await secrets.listAcls({ scope })).items).toContainEqual({
      principal: 'users',
      permission: 'WRITE',
    })
    expect(await secrets.deleteAcl({ scope, principal: 'users' })).toEqual({})
    for (const work of [
      secrets.getAcl({ scope, principal: 'users' }),
      secrets.deleteAcl({ scope, principal: 'users' }),
    ])
      expect((await refused(work)).status).toBe(404)
  })

  it('needs a known principal and a known permission', async () => {
    const scope = await newScope()
    const nobody = { scope, principal: 'nobody@nowhere.invalid', permission: 'READ' as const }
    expect((await refused(secrets.putAcl(nobody))).status).toBeGreaterThanOrEqual(400)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a careless caller would send
    const odd = { scope, principal: 'users', permission: 'OWN' as 'READ' }
    expect((await refused(secrets.putAcl(odd))).status).toBe(400)
  })

  it.skipIf(real || costly)('allows what it says, and no more', async () => {
    const scope = await newScope()
    await setup.secrets.put({ scope, key: 'k', string_value: 'v' })
    await subject.control('principals', { user: 'reader@example.com', token: 'reader-token' })
    const other = (await subject.as('reader-token')).secrets
    const works = {
      READ: () => other.get({ scope, key: 'k' }),
      WRITE: () => other.put({ scope, key: 'k', string_value: 'w' }),
      MANAGE: () => other.listAcls({ scope }),
    }
    const allowed: Record<string, string[]> = {}
    for (const permission of [undefined, 'READ', 'WRITE', 'MANAGE'] as const) {
      if (permission !== undefined)
        await setup.secrets.putAcl({ scope, principal: 'reader@example.com', permission })
      const name = permission ?? 'none'
      allowed[name] = []
      for (const [what, work] of Object.entries(works))
        await work().then(
          () => allowed[name]?.push(what),
          (error: unknown) => expect(error).toMatchObject({ status: 403, errorCode: 'PERMISSION_DENIED' }),
        )
    }
    expect(allowed).toEqual({
      none: [],
      READ: ['READ'],
      WRITE: ['READ', 'WRITE'],
      MANAGE: ['READ', 'WRITE', 'MANAGE'],
    })
    const { scopes } = await other.listScopes({})
    expect(scopes?.map(({ name }) => name)).toContain(scope)
  })
})

exercisesEveryEndpointOf('secrets', subject)
