import { describe, expect, it } from 'vitest'
import { identity } from '../../src/wire/identity.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { open, refused } from './subject.ts'

const subject = await open()
const { client, call } = subject

describe('identity', () => {
  it('says who calls; the id is text, as it may be beyond 2^53', async () => {
    const me = await client.identity.me({})
    expect(me).toMatchObject({ id: expect.stringMatching(/^\d+$/), active: true })
    expect(me.userName).not.toBe('')
    expect(await client.identity.me({})).toEqual(me)
  })

  it.each(identity.me.alsoAt)('answers the same at %s', async (path) => {
    expect(await call({ ...identity.me, path }, {})).toEqual(await client.identity.me({}))
  })

  it.each([identity.users.path, ...identity.users.alsoAt])('finds somebody by name at %s', async (path) => {
    const { id, userName } = await client.identity.me({})
    const users = { ...identity.users, path }
    const found = await call(users, { filter: `userName eq "${userName.toUpperCase()}"` })
    // A service principal is no user.
    const names = (found.Resources ?? []).map((one) => [one.id, one.userName])
    expect(names).toEqual(userName.includes('@') ? [[id, userName]] : [])
    expect((await client.identity.users({ filter: `userName eq "no-${userName}"` })).totalResults).toBe(0)
  })

  it('refuses a token that is none', async () => {
    const stranger = await subject.as('dapi00000000000000000000000000000000')
    const { status, code } = await refused(stranger.identity.me({}))
    // 403 «Invalid access token» has been seen too.
    expect([
      [401, 'UNAUTHENTICATED'],
      [403, 'PERMISSION_DENIED'],
    ]).toContainEqual([status, code])
  })

  exercisesEveryEndpointOf('identity', subject)
})
