import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keyOf } from '../../src/compute/cache.ts'
import type { Abilities } from '../../src/compute/compute.ts'
import { isItem, readItems } from '../../src/compute/item.ts'
import { indexesOf, installerVariables } from '../../src/compute/variables.ts'
import type { Library } from '../../src/wire/libraries.ts'

const folder = mkdtempSync(join(tmpdir(), 'brickrail-items-'))
afterAll(() => rmSync(folder, { recursive: true }))
const here = join(folder, 'a-1-py3-none-any.whl')
writeFileSync(here, 'bytes')

const none: Abilities = {
  python: { missing: 'no python' },
  java: { missing: 'no java' },
  rscript: { missing: 'there is no Rscript on this machine' },
}
const read = (library: Library, abilities = none) =>
  readItems({ libraries: [library], local: { 'dbfs:/a-1-py3-none-any.whl': here } }, abilities)[0]

it.each<Library>([
  { pypi: { package: 'six', repo: 'https://me:hunter22@host/simple' } },
  { pypi: { package: 'six @ git+https://hunter22@host/six' } },
])('%o is known without its password', (library) => {
  const one = read(library)
  expect(one && isItem(one) ? one.identity : 'hunter22').not.toContain('hunter22')
})

describe('a library that is not installed', () => {
  const cases: [Library, 'FAILED' | 'SKIPPED', RegExp][] = [
    [{ cran: { package: 'ada' } }, 'SKIPPED', /no Rscript/],
    [{ jar: 'dbfs:/a.jar' }, 'SKIPPED', /no JVM code/],
    [{ maven: { coordinates: 'a:b:1' } }, 'SKIPPED', /no JVM code/],
    [{ egg: 'dbfs:/a.egg' }, 'SKIPPED', /wheel/],
    [{ whl: 'dbfs:/none.whl' }, 'FAILED', /no file dbfs:\/none\.whl/],
    [{ requirements: '/Workspace/Shared/r.txt' }, 'FAILED', /no file/],
    [{ whl: 's3://bucket/a.whl' }, 'SKIPPED', /cannot be reached/],
    [{ whl: '/Volumes/a/b/c/a.whl' }, 'SKIPPED', /cannot be reached/],
    [{ pypi: { package: '--index-url=http://elsewhere' } }, 'FAILED', /option of pip/],
  ]
  it.each(cases)('%o', (library, status, message) => {
    const one = read(library)
    expect(one).toMatchObject({ library, status })
    expect(one && !isItem(one) ? one.messages.join() : '').toMatch(message)
  })
})

describe('a library that is installed', () => {
  it('is what pip is told', () => {
    expect(read({ pypi: { package: 'a==1', repo: 'https://i' } })).toMatchObject({
      args: ['a==1'],
      repo: 'https://i',
    })
    expect(read({ whl: 'dbfs:/a-1-py3-none-any.whl' })).toMatchObject({ args: [here] })
    expect(read({ requirements: 'dbfs:/a-1-py3-none-any.whl' })).toMatchObject({ args: ['-r', here] })
    const withR = { ...none, rscript: { path: '/r' } }
    expect(read({ cran: { package: 'ada' } }, withR)).toMatchObject({ how: 'r', args: ['/r', 'ada'] })
  })

  it('counts by its bytes', () => {
    const identity = () => {
      const one = read({ whl: 'dbfs:/a-1-py3-none-any.whl' })
      return one && isItem(one) ? one.identity : undefined
    }
    const before = identity()
    expect(identity()).toBe(before)
    writeFileSync(here, 'other bytes')
    expect(identity()).not.toBe(before)
  })
})

describe('the name of a set', () => {
  it('does not depend on order or repetition, but on everything else', () => {
    const key = keyOf(['3.11.7'], ['a', 'b'])
    expect(keyOf(['3.11.7'], ['b', 'a', 'b'])).toBe(key)
    for (const other of [keyOf(['3.12.0'], ['a', 'b']), keyOf(['3.11.7'], ['a']), keyOf([], ['a', 'b'])])
      expect(other).not.toBe(key)
  })

  it('knows the index, but not the token of the day', () => {
    const at = (user: string) => indexesOf({ PIP_INDEX_URL: `https://${user}@h/simple`, PATH: '/x' })
    expect(at('ci:one')).toEqual(['PIP_INDEX_URL=https://h/simple'])
    expect(at('ci:two')).toEqual(at('ci:one'))
  })
})

describe('what pip gets of the environment', () => {
  it('is a short list', () => {
    const env = {
      PATH: '/bin',
      https_proxy: 'http://p',
      PIP_INDEX_URL: 'http://i',
      DATABRICKS_TOKEN: 'dapi1',
    }
    const given = installerVariables({ ...env, PIP_TARGET: '/elsewhere', PYTHONPATH: '/x', PIP_USER: '1' })
    expect(given).toMatchObject({
      PATH: '/bin',
      https_proxy: 'http://p',
      PIP_INDEX_URL: 'http://i',
      PIP_USER: '0',
    })
    for (const name of ['DATABRICKS_TOKEN', 'PIP_TARGET', 'PYTHONPATH'])
      expect(given).not.toHaveProperty(name)
  })

  it('keeps the bounds that the user has set', () => {
    expect(installerVariables({ PIP_RETRIES: '9' })).toMatchObject({
      PIP_RETRIES: '9',
      PIP_DEFAULT_TIMEOUT: '15',
    })
  })
})
