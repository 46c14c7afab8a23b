import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { TaskRequest } from '../../src/compute/compute.ts'
import { harness } from '../../src/compute/harness-files.ts'
import { makeRunFolder, runFolder, tidyRunFolder } from '../../src/compute/run-folder.ts'
import { markerOf, passwordsIn, runVariables } from '../../src/compute/run-variables.ts'

const folder = runFolder('/state/runs', '17')
const task: TaskRequest = {
  id: '17',
  python: '/envs/a/bin/python',
  work: { kind: 'context' },
  env: {},
  dbfsRoot: "/state/it's/dbfs",
  workspaceRoot: '/state/workspace',
  secrets: [],
  secretScopes: {},
}
const variables = (env: Record<string, string>, own: Record<string, string> = {}) =>
  runVariables(env, folder, { ...task, env: own })

describe('the environment of a run', () => {
  it('takes a few variables of the emulator, and nothing else of it', () => {
    const given = {
      HOME: '/home/a',
      https_proxy: 'http://p',
      TZ: 'CET',
      AWS_SECRET_ACCESS_KEY: 'x',
      PYTHONHOME: '/y',
    }
    const seen = variables({ ...given, DATABRICKS_TOKEN: 'dapi', BRICKRAIL_RUN: '1' })
    expect(seen).toMatchObject({ HOME: '/home/a', https_proxy: 'http://p', TZ: 'CET', BRICKRAIL_RUN: '17' })
    expect(Object.keys(seen)).not.toContain('AWS_SECRET_ACCESS_KEY')
    expect(Object.keys(seen)).not.toContain('PYTHONHOME')
    expect(Object.keys(seen)).not.toContain('DATABRICKS_TOKEN')
  })

  it.each<[Record<string, string>, Record<string, string>, string | undefined]>([
    [{}, {}, undefined],
    [{ HTTPS_PROXY: 'http://p' }, {}, '127.0.0.1,localhost'],
    [{ http_proxy: 'http://p', NO_PROXY: 'a.example' }, {}, 'a.example,127.0.0.1,localhost'],
    [{}, { ALL_PROXY: 'http://p' }, '127.0.0.1,localhost'],
  ])('with %j and %j reaches the workspace without a proxy: %s', (given, own, expected) => {
    const seen = variables(given, own)
    expect([seen['NO_PROXY'], seen['no_proxy']]).toEqual([expected, expected])
  })

  it.each([
    ['https://pypi.example.com/simple', true],
    ['https://user:pass@pypi.example.com/simple', false],
    ['https://token@pypi.example.com/simple', false],
    ['https://pypi.example.com/@scope', true],
  ])('has the package index %s: %s', (url, expected) => {
    expect('PIP_INDEX_URL' in variables({ PIP_INDEX_URL: url })).toBe(expected)
  })

  it('tells which passwords of proxies the log must not show', () => {
    const proxies = { https_proxy: 'http://me:hunter22@p:1', HTTP_PROXY: 'http://p:1' }
    expect(passwordsIn({ ...proxies, OTHER: 'http://me:other@p' })).toEqual(['hunter22'])
  })

  it('is the request’s where the two differ, but for what the run is known by', () => {
    const own = {
      HOME: '/own',
      PATH: '/own/bin',
      PYTHONPATH: '/own/lib',
      TMPDIR: '/elsewhere',
      BRICKRAIL_RUN: '1',
    }
    expect(variables({ HOME: '/home/a', PATH: '/usr/bin' }, own)).toMatchObject({
      HOME: '/own',
      PATH: '/envs/a/bin:/own/bin',
      PYTHONPATH: `${join(harness(), 'site')}:/own/lib`,
      TMPDIR: '/state/runs/17/tmp',
      BRICKRAIL_RUN: '17',
    })
    expect(variables({ PATH: '/usr/bin' })['PATH']).toBe('/envs/a/bin:/usr/bin')
  })

  it('holds the marker by which its processes are found', () => {
    const seen = variables({}, { BRICKRAIL_RUN_FOLDER: '/other' })
    expect(Object.entries(seen).map(([name, value]) => `${name}=${value}`)).toContain(markerOf(folder))
  })

  it('quotes paths for Spark', () => {
    const words = variables({})['PYSPARK_SUBMIT_ARGS'] ?? ''
    expect(words).toContain(`linkFallback=file:///state/it'"'"'s/dbfs'`)
    expect(words).toMatch(/^--master local\[2\] .* pyspark-shell$/)
  })
})

describe('the folder of a run', () => {
  it.each(['', '.', '..', '../x', 'a/b', '.hidden', 'a\0b'])('is never named %j', (id) => {
    expect(() => runFolder('/state/runs', id)).toThrow('cannot name a run')
  })

  it.each(['1', '123456789012345678', 'run-1_a.b'])('may be named %j', (id) => {
    expect(runFolder('/state/runs', id).log).toBe(`/state/runs/${id}/log.txt`)
  })

  it('keeps neither the result, which may hold secrets, nor what only the run needed', async () => {
    const path = mkdtempSync(join(tmpdir(), 'brickrail-folder-'))
    onTestFinished(() => rmSync(path, { recursive: true }))
    const made = runFolder(path, '17')
    await makeRunFolder(made)
    for (const file of [made.result, `${made.result}.part`, made.leader, made.log]) writeFileSync(file, 'x')
    await tidyRunFolder(made)
    expect(readdirSync(made.path).toSorted()).toEqual(['log.txt', 'work'])
  })

  it('is served by files of this package', () => {
    expect(existsSync(join(harness(), 'run.py'))).toBe(true)
    expect(existsSync(join(harness(), 'site', 'sitecustomize.py'))).toBe(true)
  })
})
