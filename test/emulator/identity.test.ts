import { beforeAll, describe, expect, it } from 'vitest'
import { workspaceAt } from './workspace-at.ts'

const path = '/api/2.0/preview/scim/v2/Users'

describe('users of the workspace', () => {
  const { ask, ok } = workspaceAt({ token: 'dapi-admin', user: 'admin@example.com' })
  const others = [
    { user: 'ada@example.com', token: 'dapi-ada', groups: ['ml-leads'] },
    { user: 'bob@example.com', token: 'dapi-bob' },
    { user: 'e0d4c0de-0000-4000-8000-000000000001', token: 'dapi-robot' },
  ]
  beforeAll(async () => {
    for (const other of others) await ok('POST', '/_emulator/principals', other)
  })
  const found = async (query: string, token = 'dapi-admin') => {
    const { body } = await ask('GET', `${path}?${new URLSearchParams(query).toString()}`, undefined, token)
    return body as unknown as { totalResults: number; Resources: { userName: string; groups?: unknown[] }[] }
  }

  it.each([
    ['filter=userName eq "ADA@example.com"', ['ada@example.com']],
    ['filter=userName eq ada@example.com', ['ada@example.com']],
    ['filter=userName sw "a"', ['ada@example.com', 'admin@example.com']],
    ['filter=userName co "robot"', []],
    ['count=1&startIndex=2', ['admin@example.com']],
    ['', ['ada@example.com', 'admin@example.com', 'bob@example.com']],
  ])('are found by %s', async (query, users) => {
    expect((await found(query)).Resources.map(({ userName }) => userName)).toEqual(users)
  })

  it.each([
    ['dapi-admin', ['ml-leads', 'users']],
    ['dapi-bob', undefined],
  ])('are told with their groups to admins only: %s', async (token, groups) => {
    const [ada] = (await found('filter=userName eq "ada@example.com"', token)).Resources
    expect(ada?.groups?.map((one) => (one as { display: string }).display)).toEqual(groups)
  })

  it('are not found by a filter that is none', async () => {
    const query = new URLSearchParams({ filter: 'active eq true' }).toString()
    const { status, body } = await ask('GET', `${path}?${query}`, undefined, 'dapi-admin')
    expect([status, body['error_code']]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
  })
})
