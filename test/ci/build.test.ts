import { describe, expect, test } from 'vitest'
import { commandTraits, catalog } from '../../src/ci/catalog.ts'
import type { Job } from '../../src/ci/model.ts'
import type { JobSection, Section } from '../../src/ci/section.ts'
import { commands } from '../../src/cli/commands.ts'
import { build, jobNamed, names, own, targets } from './spec.ts'

describe('the built-in jobs', () => {
  test('come in the order of their stages, needs first', () => {
    expect(names()).toEqual(catalog.map(({ name }) => name))
  })

  test.each<[string, Section, string[]]>([
    ['without production', { production: null }, ['deploy-production', 'rollback-production']],
    [
      'without production, the other way',
      { production: false },
      ['deploy-production', 'rollback-production'],
    ],
    ['removed', { jobs: { drift: null, destroy: null } }, ['destroy', 'drift']],
  ])('%s', (_name, section, gone) => {
    const all = names()
    expect(all.filter((name) => !names(section).includes(name))).toEqual(gone)
  })

  test.each<[string, string, string[]]>([
    ['check-pipelines', 'none -', ['generate --check']],
    ['validate', 'none -', ['validate --target dev', 'validate --target prod']],
    ['plan', 'read dev', ['plan --target dev --comment']],
    ['build-cluster', 'write dev', ['build-cluster --target dev --lock-timeout 1800']],
    ['catch-up', 'write dev', ['deploy --target dev --catch-up --lock-timeout 1800']],
    ['deploy-production', 'write prod', ['deploy --target prod --lock-timeout 1800']],
    ['rollback', 'write dev', ['rollback --target dev --to "$DEPLOYMENT" --yes --lock-timeout 1800']],
    ['destroy', 'write dev', ['destroy --target dev --yes --lock-timeout 1800']],
    ['drift', 'read dev', ['plan --target dev --exit-code']],
  ])('%s: %s', (name, reach, lines) => {
    const job = jobNamed(name)
    expect(`${job.access} ${job.target ?? '-'}`).toBe(reach)
    expect(job.script).toEqual(lines.map((line) => `./node_modules/.bin/brickrail ${line}`))
  })

  test('those that write hold a lock, wait longer, and belong to the environment of their target', () => {
    for (const job of build().pipeline.jobs) {
      const writes = job.access === 'write'
      expect([job.name, job.lock, job.timeout, job.environment]).toEqual([
        job.name,
        writes ? `demo/${job.target}` : undefined,
        writes ? 90 : 30,
        writes ? job.target : undefined,
      ])
      expect(job.approval).toBe(job.target === 'prod')
      expect(job.forks).toBe(['check-pipelines', 'validate'].includes(job.name))
      expect(job.needs.includes('check-pipelines')).toBe(job.name !== 'check-pipelines')
    }
  })

  test('are what may be changed in them, and the rest stays', () => {
    const job = jobNamed('build-cluster', {
      defaults: { image: 'node:22', timeout: 20, variables: { A: 1, B: 'x' } },
      jobs: {
        'build-cluster': {
          timeout: 90,
          tags: ['big'],
          variables: { B: true },
          changes: ['infra/**'],
          needs: ['validate'],
        },
      },
    })
    expect(job).toMatchObject({
      timeout: 90,
      runner: { image: 'node:22', tags: ['big'], pool: 'ubuntu-24.04', runsOn: 'ubuntu-24.04' },
      variables: { A: '1', B: 'true' },
      changes: ['infra/**'],
      needs: ['validate', 'check-pipelines'],
      access: 'write',
    })
    expect(jobNamed('plan', { defaults: { timeout: 20 } }).timeout).toBe(20)
  })

  test('that need a removed one do without it', () => {
    expect(jobNamed('catch-up', { jobs: { 'build-cluster': null } }).needs).toEqual([
      'check-pipelines',
      'validate',
      'sync-workspace',
    ])
  })
})

describe('targets', () => {
  const [local, dev, prod] = targets
  if (!local || !dev || !prod) throw new Error('three targets')
  test.each<[string, Section, typeof targets, [string, string[]]]>([
    ['the first remote one that is not protected', {}, targets, ['dev', ['dev', 'prod']]],
    ['the one that is named', { target: 'local', production: 'dev' }, targets, ['local', ['dev']]],
    ['the default one when none is remote', {}, [{ ...dev, remote: false }, local], ['local', []]],
    [
      'the first one when there is nothing else',
      {},
      [{ ...prod, remote: false, protected: false }],
      ['prod', []],
    ],
  ])('%s', (_name, section, known, [target, remote]) => {
    const { pipeline } = build(section, { targets: known })
    expect(pipeline.target).toBe(target)
    expect(Object.keys(pipeline.azure.groups).sort()).toEqual(remote)
  })

  test('a target without host needs no credentials; its jobs still go one after the other', () => {
    const sync = jobNamed('sync-workspace', { target: 'local' })
    expect(sync).toMatchObject({ access: 'none', target: 'local', lock: 'demo/local', timeout: 90 })
    expect(sync.environment).toBeUndefined()
    expect(sync.forks).toBe(false)
  })

  test('variable groups: the usual one for pushes, one with its name for each other', () => {
    expect(build().pipeline.azure.groups).toEqual({ dev: 'databricks_cli', prod: 'databricks_cli_prod' })
    expect(build({ azure: { variable_groups: { prod: 'p' } } }).pipeline.azure.groups['prod']).toBe('p')
  })
})

describe("a job of one's own", () => {
  test('is a test of a push, with no access, unless it says otherwise', () => {
    expect(own({ script: ['npm test'] })).toMatchObject({
      stage: 'test',
      on: ['push'],
      branches: ['main'],
      changes: [],
      needs: ['check-pipelines'],
      access: 'none',
      approval: false,
      forks: false,
      timeout: 30,
    })
  })

  test.each<[string, JobSection, Partial<Job>]>([
    [
      'a command that reads',
      { command: 'status' },
      { access: 'read', target: 'dev', script: ['./node_modules/.bin/brickrail status --target dev'] },
    ],
    [
      'a command that writes',
      { command: 'sync-workspace', target: 'prod' },
      { access: 'write', environment: 'prod', approval: true, lock: 'demo/prod' },
    ],
    [
      'a wait of its own',
      { command: 'deploy --lock-timeout 5' },
      { script: ['./node_modules/.bin/brickrail deploy --target dev --lock-timeout 5'] },
    ],
    [
      'a blank too many in a schedule',
      { command: 'plan', on: ['schedule'], schedule: ' 0  4 * * 1 ' },
      { schedule: '0 4 * * 1' },
    ],
    [
      'a script with access',
      { script: ['npm test'], access: 'write' },
      { target: 'dev', environment: 'dev', lock: 'demo/dev', timeout: 90 },
    ],
    [
      'merge requests without secrets: forks, too',
      { script: ['npm test'], on: ['merge_request'] },
      { forks: true },
    ],
    [
      'merge requests with secrets',
      { script: ['npm test'], on: ['merge_request'], secrets: ['A_KEY'] },
      { forks: false, secrets: ['A_KEY'] },
    ],
    [
      'inputs',
      { script: ['npm test'], on: ['manual'], inputs: { MODEL: { about: 'Which', default: 1 } } },
      { inputs: [{ name: 'MODEL', about: 'Which', default: '1' }] },
    ],
  ])('%s', (_name, job, expected) => {
    expect(own(job)).toMatchObject(expected)
  })

  test.each([
    [undefined, 1800],
    [90, 1800],
    [89, 1780],
    [60, 1200],
    [20, 400],
    [5, 100],
    [1, 20],
  ])('waits for another run for a third of its %s minutes at most', (timeout, seconds) => {
    const given = timeout === undefined ? {} : { timeout }
    const wait = [expect.stringMatching(new RegExp(`--lock-timeout ${seconds}$`))]
    expect(own({ command: 'deploy', ...given }).script).toEqual(wait)
    expect(jobNamed('sync-workspace', { defaults: given }).script).toEqual(wait)
  })

  test.each<[string, JobSection, string[]]>([
    ['those of its need', { needs: ['sync-workspace'] }, ['workspace/**', 'pipelines/brickrail.yml']],
    [
      'the first job does not count',
      { needs: ['check-pipelines', 'sync-workspace'] },
      ['workspace/**', 'pipelines/brickrail.yml'],
    ],
    [
      'those of all its needs',
      { needs: ['build-cluster', 'sync-workspace'] },
      ['pipelines/clusters/**', 'pipelines/libraries/**', 'pipelines/brickrail.yml', 'workspace/**'],
    ],
    ['none when a need has none', { needs: ['sync-workspace', 'validate'] }, []],
    ['none by its own word', { needs: ['sync-workspace'], changes: [] }, []],
    ['its own', { needs: ['sync-workspace'], changes: ['src/**'] }, ['src/**']],
    ['no push, no changes', { needs: ['sync-workspace'], on: ['manual'] }, []],
  ])('inherits changes: %s', (_name, job, changes) => {
    expect(own({ script: ['npm test'], ...job }).changes).toEqual(changes)
  })

  test('inherits through another', () => {
    const section: Section = { jobs: { first: { script: ['npm test'], needs: ['sync-workspace'] } } }
    expect(own({ script: ['npm test'], needs: ['first'] }, section).changes).toContain('workspace/**')
  })

  test('on another branch brings the first job there', () => {
    const section: Section = {
      jobs: { mine: { script: ['npm test'], branches: ['develop'], changes: ['a/**'] } },
    }
    expect(jobNamed('check-pipelines', section).branches).toEqual(['main', 'develop'])
  })

  test('stands after those of its stage that it needs', () => {
    const jobs = { a: { script: ['x'], needs: ['b'] }, b: { script: ['x'], needs: ['check-pipelines'] } }
    expect(names({ jobs }).filter((name) => name.length === 1)).toEqual(['b', 'a'])
  })
})

test('every path of a push job is relevant, once', () => {
  expect(
    build({ jobs: { a: { script: ['x'], changes: ['src/**', 'workspace/**'] } } }).pipeline.relevant,
  ).toEqual([
    'pipelines/clusters/**',
    'pipelines/libraries/**',
    'pipelines/brickrail.yml',
    'workspace/**',
    'src/**',
  ])
})

test('the checker knows every command of the command line', () => {
  const known = Object.keys(commandTraits)
  expect(Object.keys(commands).filter((name) => !known.includes(name))).toEqual([])
  expect(known.filter((name) => !Object.hasOwn(commands, name))).toEqual([])
})
