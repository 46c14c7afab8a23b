import { describe, expect, it } from 'vitest'
import type { Host, Job } from '../../../src/ci/model.ts'
import type { Section } from '../../../src/ci/section.ts'
import { allowedOf } from '../../../src/cli/bootstrap-places.ts'
import type { Wanted } from '../../../src/host/bootstrap.ts'
import { env, loose, of, pipelineOf } from './support.ts'

const offline = { access: 'none', approval: false, lock: undefined as never } satisfies Partial<Job>

describe('what a host lets which branches use', () => {
  it.each<[host: Host, expected: Partial<Wanted>]>([
    [
      'gitlab',
      {
        schedules: [{ name: 'drift', cron: '17 4 * * *' }],
        checks: ['pipeline'],

        pipelines: [],
      },
    ],
    ['github', { schedules: [], checks: ['brickrail'], locks: [], pipelines: [] }],
    ['azure', { schedules: [], checks: [] }],
  ])('%s: the rest', (host, expected) => {
    const wanted = of(host, {}, env)
    expect(wanted).toMatchObject(expected)
    const closed = { branches: ['master'], tags: false }
    expect(wanted.environments).toEqual([
      { name: 'dev', approval: false, approvers: [], ...closed },
      { name: 'prod', approval: true, approvers: ['alice'], ...closed },
    ])
    expect(wanted.notes).toEqual([])
  })

  it.each<[name: string, jobs: NonNullable<Section['jobs']>, environment: string, expected: object]>([
    [
      'a job of another branch',
      { 'sync-workspace': { branches: ['master', 'develop'] } },
      'dev',
      { branches: ['master', 'develop'], tags: false },
    ],
    [
      'a job of tags that deploys',
      { rel: { stage: 'release', on: ['tag'], command: 'deploy', target: 'prod' } },
      'prod',
      { branches: ['master'], tags: true },
    ],
    [
      'a job of tags that looks, beside one that deploys',
      { look: { stage: 'test', on: ['tag'], script: ['./look'], target: 'dev', environment: 'dev' } },
      'dev',
      { branches: ['master'], tags: false },
    ],
    [
      'a job of tags alone',
      { look: { stage: 'test', on: ['tag'], script: ['./look'], environment: 'looks' } },
      'looks',
      { branches: [], tags: false },
    ],
  ])('who may use an environment: %s', (_name, jobs, environment, expected) => {
    for (const host of ['gitlab', 'github', 'azure'] as const) {
      const found = of(host, { jobs }, env).environments.find(({ name }) => name === environment)
      expect([host, found]).toEqual([host, expect.objectContaining(expected)])
    }
  })

  it.each<[host: Host, section: Section, expected: [what: string, why: RegExp][]]>([
    [
      'github',
      { jobs: loose },
      [['tags that deploy to prod', /whoever may push a tag starts rel: .*New tag ruleset/]],
    ],
    [
      'gitlab',
      { jobs: loose },
      [['tags that deploy to prod', /protected tags only: protect those that start rel/]],
    ],
    [
      'azure',
      { jobs: loose, auth: 'oidc' },
      [
        ['tags that deploy to prod', /add the tags that start rel \(refs\/tags\/…\) in Approvals and checks/],
        ['identities that deploy', /Databricks knows a pipeline by its name, whatever branch/],
      ],
    ],
  ])('what is left to the owner of %s', (host, section, expected) => {
    const secrets = { HOOK: 'called' }
    expect(of(host, { ...section, secrets }, env).notes).toEqual(
      expected.map(([what, why]) => ({ what, why: expect.stringMatching(why) as string })),
    )
  })

  it.each<[name: string, ...jobs: Partial<Job>[]]>([
    ['one that deploys', { on: ['merge_request'] }],
    ['one behind approval', { on: ['merge_request'], access: 'read', approval: true }],
    ['one beside another that deploys', { on: ['merge_request'], ...offline }, {}],
  ])('nothing opens an environment that deploys to merge requests: %s', (_name, ...jobs) => {
    const [base] = pipelineOf().jobs.filter(({ name }) => name === 'build-cluster')
    if (!base) throw new Error('there is no build-cluster')
    const closed = { branches: ['master'], tags: false }
    expect(allowedOf([{ ...base, ...offline, on: ['merge_request'] }], 'master').branches).toEqual([])
    expect(
      allowedOf(
        jobs.map((job) => ({ ...base, ...job })),
        'master',
      ),
    ).toEqual(closed)
  })

  it('closes what deploys on Azure, and gives merge requests none of it', () => {
    const azure = { service_connection: 'dbx' }
    const jobs = { 'sync-workspace': { branches: ['master', 'develop'] } }
    const { groups, connections, pipelines } = of('azure', { auth: 'azure-cli', azure, jobs }, env)
    const open = { branches: [], tags: false }
    const closed = { branches: ['master', 'develop'], tags: false }
    expect(groups).toEqual([
      { name: 'databricks_cli_plan', ...open },
      { name: 'databricks_cli', ...closed },
      { name: 'databricks_cli_prod', branches: ['master'], tags: false },
    ])
    expect(connections).toEqual([
      { name: 'dbx_plan', ...open },
      { name: 'dbx', ...closed },
    ])
    expect(pipelines.find(({ validates }) => validates)).toMatchObject({
      groups: ['databricks_cli_plan'],
      connections: ['dbx_plan'],
      environments: [],
    })
  })
})
