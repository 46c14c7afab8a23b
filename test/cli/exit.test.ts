import { describe, expect, it } from 'vitest'
import type { World } from '../../src/cli/script.ts'
import { Fail } from '../../src/errors.ts'
import type { Harness } from '../support/harness.ts'
import { hold } from './lock.ts'
import { open } from './project.ts'

interface Document {
  command: string
  ok: boolean
  exit: number
  plan?: { steps: unknown[] }
  result?: Record<string, unknown>
  warnings: unknown[]
  failure?: { code: string; message: string; hint: string; faults: { file: string; line: number }[] }
}

interface Case {
  name: string
  line: string
  exit: number
  code?: string
  /** What is arranged before. */
  given?: (harness: Harness) => unknown
  world?: Partial<World>
}

const env = (fields: Record<string, string>) => ({
  env: { DATABRICKS_HOST: 'http://workspace.test', ...fields },
})
const stopped = AbortSignal.abort(new Fail('INTERRUPTED', { signal: 'SIGTERM', what: 'x' }))

const cases: Case[] = [
  { name: 'done', line: 'deploy', exit: 0 },
  { name: 'valid', line: 'validate', exit: 0 },
  { name: 'a plan', line: 'plan', exit: 0 },
  { name: 'changes are pending', line: 'plan --exit-code', exit: 3, code: 'CHANGES_PENDING' },
  { name: 'an unknown flag', line: 'plan --nonsense', exit: 2, code: 'USAGE' },
  { name: 'a missing value', line: 'deploy --target', exit: 2, code: 'USAGE' },
  { name: 'an unknown target', line: 'plan -t nowhere', exit: 2, code: 'TARGET_UNKNOWN' },
  { name: 'a required word is missing', line: 'logs', exit: 2, code: 'USAGE' },
  { name: 'nothing to roll back', line: 'rollback', exit: 2, code: 'NO_SUCH_DEPLOYMENT' },
  { name: 'a deployment that never was', line: 'rollback --to 7', exit: 2, code: 'NO_SUCH_DEPLOYMENT' },
  { name: 'a number that is none', line: 'rollback --to x', exit: 2, code: 'NO_SUCH_DEPLOYMENT' },
  { name: 'a limit that is none', line: 'history --limit x', exit: 2, code: 'USAGE' },
  {
    name: 'a plan file that is not there',
    line: 'deploy --plan none.json',
    exit: 2,
    code: 'PLAN_UNREADABLE',
  },
  { name: 'a plan that cannot be written', line: 'plan --out /none/plan.json', exit: 2, code: 'USAGE' },
  {
    name: 'a broken file',
    line: 'deploy',
    exit: 2,
    code: 'CONFIG_INVALID',
    given: (harness) => harness.write('pipelines/clusters/main.json', '{'),
  },
  { name: 'no project', line: 'validate', exit: 2, code: 'USAGE', world: { cwd: '/' } },
  {
    name: 'no credentials',
    line: 'plan',
    exit: 5,
    code: 'CREDENTIALS_MISSING',
    world: env({ HOME: '/none' }),
  },
  {
    name: 'a wrong token',
    line: 'plan',
    exit: 5,
    code: 'UNAUTHENTICATED',
    world: env({ DATABRICKS_TOKEN: 'x' }),
  },
  {
    name: 'an unexpanded token',
    line: 'plan',
    exit: 2,
    code: 'ENV_MISSING',
    world: env({ DATABRICKS_TOKEN: '$(token)' }),
  },
  {
    name: 'a host with a path',
    line: 'plan',
    exit: 2,
    code: 'CONFIG_INVALID',
    world: env({ DATABRICKS_HOST: 'http://workspace.test/?o=1', DATABRICKS_TOKEN: 'x' }),
  },
  {
    name: 'the workspace refuses',
    line: 'deploy',
    exit: 4,
    code: 'API_REFUSED',
    given: (harness) => harness.control('faults', { path: '/api/2.1/clusters/create', status: 400 }),
  },
  {
    name: 'a login page',
    line: 'plan',
    exit: 4,
    code: 'NOT_JSON',
    given: (harness) => harness.control('faults', { html: true, times: 0 }),
  },
  { name: 'another run holds the target', line: 'deploy', exit: 6, code: 'LOCKED', given: hold },
  { name: 'a cluster that takes too long', line: 'deploy --timeout 0', exit: 7, code: 'TIMEOUT' },
  { name: 'told to stop', line: 'deploy', exit: 4, code: 'INTERRUPTED', world: { stop: stopped } },
  {
    name: 'a bug',
    line: 'plan',
    exit: 1,
    code: 'BUG',
    world: {
      fetch: () => {
        throw new RangeError('planned')
      },
      clock: {
        now: () => 0,
        random: () => 0,
        sleep: () => Promise.reject(new RangeError('planned')),
      },
    },
  },
]

const run = async ({ line, given, world }: Case, ...more: string[]) => {
  const harness = open()
  await given?.(harness)
  const [command = '', ...args] = line.split(' ')
  return await harness.run(command, [...more, ...args], world)
}

describe('exit codes', () => {
  it.each(cases)('$name: $line -> $exit', async (one) => {
    const { exit, stderr } = await run(one)
    expect(exit).toBe(one.exit)
    // A failure says what it is, and what to do.
    expect(stderr.includes('error: ')).toBe(one.code !== undefined)
    expect(stderr.includes('what to do: ')).toBe(one.code !== undefined)
    expect(stderr).not.toMatch(/undefined|\[object/)
  })

  it.each(cases)('$name: --output json is one document on stdout, and nothing else', async (one) => {
    const { exit, stdout, stderr } = await run(one, '-o', 'json')
    const document = JSON.parse(stdout) as Document
    expect(document).toMatchObject({ command: one.line.split(' ')[0], ok: exit === 0, exit: one.exit })
    expect(document.failure?.code).toBe(one.code)
    expect(document.failure?.hint).not.toBe('')
    expect(stderr).not.toContain('"command"')
  })
})

describe('what a run prints', () => {
  it('faults are in the document with their places', async () => {
    const harness = open({ 'pipelines/clusters/main.json': '{\n"num_wrokers": 1 }' })
    const { stdout } = await harness.run('deploy', ['-o', 'json'])
    const { failure } = JSON.parse(stdout) as Document
    expect(failure?.faults).toContainEqual(
      expect.objectContaining({
        file: 'pipelines/clusters/main.json',
        line: 2,
        rule: 'unknown-cluster-field',
      }),
    )
  })

  it('the plan and the result of a deployment are in the document', async () => {
    const harness = open()
    const first = JSON.parse((await harness.run('deploy', ['-o', 'json'])).stdout) as Document
    expect(first.plan?.steps.length).toBeGreaterThan(0)
    expect(first.result).toEqual({ project: 'sample', target: 'dev', deployment: 1, changes: 4 })
    const second = JSON.parse((await harness.run('deploy', ['-o', 'json'])).stdout) as Document
    expect(second.result).toEqual({ project: 'sample', target: 'dev', deployment: null, changes: 0 })
  })

  it.each([
    ['a terminal', {}, [], true],
    ['NO_COLOR', { NO_COLOR: '1' }, [], false],
    ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, [], true],
    ['--no-color', {}, ['--no-color'], false],
    ['NO_COLOR before FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, [], false],
  ] as [string, Record<string, string>, string[], boolean][])(
    'colours: %s',
    async (_name, extra, args, colours) => {
      const harness = open()
      const parts: string[] = []
      const stderr = { isTTY: true, columns: 100, write: (text: string) => parts.push(text) }
      await harness.run('plan', [...args, '-t', 'nowhere'], { stderr, env: { CI: '1', ...extra } })
      expect(parts.join('')).toContain('error:')
      expect(parts.join('').includes('\u001B[3')).toBe(colours)
    },
  )

  it('never the token, not even in a bug', async () => {
    for (const one of cases) {
      const { stdout, stderr } = await run(one)
      expect(stdout + stderr).not.toContain('dapi-embedded-workspace')
    }
  })

  it('a summary that cannot be written is a warning: the work is done', async () => {
    const { exit, stderr } = await open().run('deploy', ['--summary', '/none/summary.md'])
    expect(exit).toBe(0)
    expect(stderr).toContain('the summary was not written')
  })
})
