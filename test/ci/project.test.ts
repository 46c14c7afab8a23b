import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { render } from '../../src/ci/render.ts'
import { stamp } from '../../src/cli/generate.ts'
import { loadPipelines } from '../../src/config/pipelines.ts'
import { faultsOf, load, sane, sound } from '../config/project.ts'
import { repository } from '../support/harness.ts'
import { build } from './spec.ts'

const file = 'pipelines/brickrail.yml'
const withCi = (...lines: string[]): Record<string, string> => ({
  [file]: `${sound[file]}${lines.join('\n')}\n`,
})

describe('the section ci of a project', () => {
  test('comes with the project, and is the same for every target', async () => {
    const lines = [
      'ci: { hosts: [gitlab], default_branch: trunk, jobs: { a: { script: ["echo ${HOME}"] } } }',
    ]
    const project = sane(await load(withCi(...lines)))
    expect(project.defaultBranch).toBe('trunk')
    expect(project.ci).toMatchObject({
      project: 'demo',
      hosts: ['gitlab'],
      defaultBranch: 'trunk',
      target: 'local',
    })
    expect(project.ci?.jobs.find(({ name }) => name === 'a')?.script).toEqual(['echo ${HOME}'])
  })

  test.each([[''], ['ci: { default_branch: main }'], ['ci: { hosts: [] }']])(
    '%j: no pipelines',
    async (line) => {
      expect(sane(await load(withCi(line))).ci).toBeUndefined()
    },
  )

  test('its faults come with all others', async () => {
    const loaded = await load({
      ...withCi('ci: { hosts: [gitlab], jobs: { a: { command: paln } } }', 'zzz: 1'),
      'pipelines/libraries/main.yml': 'pypy: []\n',
    })
    expect(faultsOf(loaded)).toEqual([
      `${file}:6:46 missing-script: Brickrail has no command «paln»`,
      `${file}:7:1 unknown-key: unknown key «zzz»`,
      'pipelines/libraries/main.yml:1:1 unknown-key: unknown key «pypy»',
    ])
  })

  test('a target has none of its own', async () => {
    const text = 'name: demo\ntargets:\n  local:\n    ci: { hosts: [gitlab] }\n'
    expect(faultsOf(await load({ [file]: text }))).toEqual([`${file}:4:5 unknown-key: unknown key «ci»`])
  })

  test.each([
    [true, []],
    [false, [`${file}:2:25 env-not-set: the environment variable DATABRICKS_HOST is not set`]],
  ])('offline %s: whether the host has to be known', async (offline, expected) => {
    const text = "name: demo\ntargets: { dev: { host: '${env.DATABRICKS_HOST}' } }\n"
    expect(faultsOf(await load({ [file]: text }, { offline }))).toEqual(expected)
  })
})

describe('the sample', () => {
  const read = (path: string): string => readFileSync(join(repository, path), 'utf8')

  test('has pipelines for three hosts', async () => {
    const { pipeline, faults } = await loadPipelines({ cwd: repository, today: '2026-11-21' })
    expect(faults).toEqual([])
    expect(pipeline).toMatchObject({
      target: 'dev',
      hosts: ['gitlab', 'azure', 'github'],
      defaultBranch: 'master',
    })
    expect(pipeline?.jobs.some(({ name }) => name === 'deploy-production')).toBe(true)
  })

  test('is good for the JSON schema that editors use, and a bad one is not', () => {
    const schema: object = JSON.parse(read('schemas/brickrail.schema.json'))
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema)
    const sample: Record<string, unknown> = parse(read(file))
    expect([validate(sample), validate.errors]).toEqual([true, null])
    expect(validate({ ...sample, ci: { hosts: ['gitlub'], jobs: { a: { neds: [] } } } })).toBe(false)
    expect(validate.errors?.map(({ instancePath }) => instancePath)).toEqual(
      expect.arrayContaining(['/ci/hosts/0']),
    )
  })
})

test('all files of a large spec are made in less than 300 ms', () => {
  const jobs = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [
      `job-${index}`,
      {
        script: ['npm test'],
        needs: index === 0 ? ['validate'] : [`job-${index - 1}`],
        changes: [`src/${index % 9}/**`],
      },
    ]),
  )
  const begin = performance.now()
  const { pipeline, problems } = build({ jobs })
  const files = render(stamp(pipeline))
  const took = performance.now() - begin
  expect([problems, files.length > 10]).toEqual([[], true])
  expect(took).toBeLessThan(300)
})
