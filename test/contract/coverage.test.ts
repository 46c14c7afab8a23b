import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { clusters } from '../../src/wire/clusters.ts'
import { identity } from '../../src/wire/identity.ts'
import { families, notCalled } from './coverage.ts'

const all = await families()
const suiteOf = (family: string): string => {
  const file = new URL(`${family}.test.ts`, import.meta.url)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

describe('the contract', () => {
  it('knows the endpoint tables of wire/', () => {
    expect(all).toEqual(expect.arrayContaining(['clusters', 'identity', 'jobs', 'libraries', 'permissions']))
    expect(all).not.toContain('endpoint')
  })

  it.each(all)('has a suite for %s that checks its own completeness', (family) => {
    expect(suiteOf(family)).toContain(`exercisesEveryEndpointOf('${family}'`)
  })

  it('sees an endpoint without a case', async () => {
    const called = new Set(Object.values(clusters).filter((endpoint) => endpoint !== clusters.pin))
    expect(await notCalled('clusters', called)).toEqual(['clusters.pin'])
    expect(await notCalled('identity', new Set([identity.me]))).toEqual(['identity.users'])
    expect(await notCalled('workspace', new Set())).toContain('workspaceBytes.claim')
  })
})
