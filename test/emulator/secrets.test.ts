import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { secretsFor } from '../../src/emulator/secret/access.ts'
import { findPrincipal } from '../../src/emulator/server/principals.ts'
import { openStore } from '../../src/emulator/server/store.ts'
import { base64, workspaceAt } from './workspace-at.ts'

const at = '/api/2.0/secrets'

describe('a secret value', () => {
  it('is in no answer but get, and in no log', async () => {
    const { ask, ok, emulator } = workspaceAt()
    const answers: unknown[] = []
    const say = async (...request: Parameters<typeof ask>) => answers.push((await ask(...request)).body)
    await say('POST', `${at}/scopes/create`, { scope: 's' })
    await say('POST', `${at}/put`, { scope: 's', key: 'k', string_value: 'hidden-1' })
    await say('POST', `${at}/put?string_value=hidden-1`, { scope: 's', key: 'k' })
    await say('POST', `${at}/put`, { scope: 's', key: 'k', string_value: { hidden: 'hidden-1' } })
    await say('POST', `${at}/put`, '{"scope": "s", "string_value": "hidden-1"')
    await say('GET', `${at}/list?scope=s`)
    await say('GET', `${at}/scopes/list`)
    await say('GET', `${at}/acls/list?scope=s`)
    await say('GET', '/_emulator/requests')
    expect(answers).toHaveLength(9)
    expect(JSON.stringify(answers)).not.toContain('hidden-1')
    expect((await ok('GET', `${at}/get?scope=s&key=k`)).body).toEqual({ key: 'k', value: base64('hidden-1') })
    await emulator.close()
  })

  it('beyond the thousandth of a scope is refused', async () => {
    const { ask, ok, emulator } = workspaceAt()
    await ok('POST', `${at}/scopes/create`, { scope: 's' })
    const put = (key: number) => ask('POST', `${at}/put`, { scope: 's', key: `k${key}`, string_value: 'v' })
    for (let key = 0; key < 1000; key += 1) await put(key)
    expect((await put(1000)).body).toMatchObject({ error_code: 'RESOURCE_LIMIT_EXCEEDED' })
    expect((await put(999)).status).toBe(200)
    await emulator.close()
  })

  it('of another backend is not made up', async () => {
    const { ask, emulator } = workspaceAt()
    const vault = { scope: 's', scope_backend_type: 'AZURE_KEYVAULT' }
    expect((await ask('POST', `${at}/scopes/create`, vault)).status).toBe(501)
    await emulator.close()
  })
})

describe('secrets of a run', () => {
  it('are those of the scopes that its user may read', async () => {
    const state = mkdtempSync(join(tmpdir(), 'brickrail-secrets-'))
    const { ok, emulator } = workspaceAt({ state })
    for (const user of ['a@example.com', 'b@example.com'])
      await ok('POST', '/_emulator/principals', {
        user,
        token: user,
        groups: user.startsWith('a') ? ['team'] : [],
      })
    for (const scope of ['of-team', 'of-b', 'of-all', 'empty']) {
      const initial = scope === 'of-all' ? { initial_manage_principal: 'users' } : {}
      await ok('POST', `${at}/scopes/create`, { scope, ...initial })
      if (scope !== 'empty') await ok('POST', `${at}/put`, { scope, key: 'k', string_value: `${scope} ü` })
    }
    const acl = (scope: string, principal: string) =>
      ok('POST', `${at}/acls/put`, { scope, principal, permission: 'READ' })
    await acl('of-team', 'team')
    await acl('of-b', 'b@example.com')
    const db = openStore(state)
    const seenBy = (user: string) => {
      const me = findPrincipal(db, user)
      return me && secretsFor(db, me)
    }
    expect(seenBy('a@example.com')).toEqual({ 'of-team': { k: 'of-team ü' }, 'of-all': { k: 'of-all ü' } })
    expect(seenBy('b@example.com')).toEqual({ 'of-b': { k: 'of-b ü' }, 'of-all': { k: 'of-all ü' } })
    expect(Object.keys(seenBy('admin@example.com') ?? {})).toEqual(['empty', 'of-all', 'of-b', 'of-team'])
    db.close()
    await emulator.close()
    rmSync(state, { recursive: true })
  })
})
