import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { render } from '../../../src/ci/render.ts'
import type { Host, Pipeline } from '../../../src/ci/model.ts'
import type { Section } from '../../../src/ci/section.ts'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import type { Wanted } from '../../../src/host/bootstrap.ts'
import { env, pipelineOf, sorted } from './support.ts'

const oidc = {
  ...env,
  DATABRICKS_CLIENT_ID: 'client-dev',
  BRICKRAIL_PLAN_CLIENT_ID: 'client-plan',
  DATABRICKS_CLIENT_ID_PROD: 'client-prod',
}

/** `scope/name = value flags`, sorted. */
const linesOf = ({ secrets }: Wanted): string[] =>
  secrets
    .map(({ name, scope, value, plain, protected: closed }) =>
      [
        `${scope ?? '*'}/${name} = ${value ?? '?'}`,
        ...(plain ? ['plain'] : []),
        ...(closed ? ['protected'] : []),
      ].join(' '),
    )
    .sort()

const of = (host: Host, section: Section, from: Record<string, string>): Wanted =>
  wantedOf(pipelineOf({ ...section, hosts: [host] }), { host, env: from, approvers: ['alice'] })

const notify: Section = {
  secrets: { WEBHOOK: 'told of failures', KEY: 'signs' },
  jobs: {
    notify: { stage: 'test', on: ['push', 'merge_request'], script: ['./notify'], secrets: ['WEBHOOK'] },
    sign: { stage: 'test', on: ['push'], script: ['./sign'], secrets: ['KEY'] },
  },
}

const hostDev = env.DATABRICKS_HOST
const hostProd = env.DATABRICKS_HOST_PROD

describe('what a host has to keep', () => {
  it.each<[name: string, host: Host, section: Section, from: Record<string, string>, expected: string[]]>([
    [
      'tokens on GitLab',
      'gitlab',
      {},
      env,
      [
        '*/BRICKRAIL_GITLAB_TOKEN = ?',
        `dev/DATABRICKS_HOST = ${hostDev} plain protected`,
        'dev/DATABRICKS_TOKEN = dapi-write-dev-000000 protected',
        `plan/dev/DATABRICKS_HOST = ${hostDev} plain`,
        'plan/dev/DATABRICKS_TOKEN = dapi-read-dev-0000000',
        `prod/DATABRICKS_HOST = ${hostProd} plain protected`,
        'prod/DATABRICKS_TOKEN = dapi-write-prod-00000 protected',
      ],
    ],
    [
      'tokens on GitHub',
      'github',
      {},
      env,
      [
        `*/DATABRICKS_HOST = ${hostDev}`,
        '*/DATABRICKS_TOKEN = dapi-read-dev-0000000',
        `dev/DATABRICKS_HOST = ${hostDev} protected`,
        'dev/DATABRICKS_TOKEN = dapi-write-dev-000000 protected',
        `prod/DATABRICKS_HOST = ${hostProd} protected`,
        'prod/DATABRICKS_TOKEN = dapi-write-prod-00000 protected',
      ],
    ],
    [
      'tokens on Azure',
      'azure',
      {},
      env,
      [
        `databricks_cli/databricks_host = ${hostDev} plain`,
        'databricks_cli/databricks_token = dapi-write-dev-000000',
        `databricks_cli_prod/databricks_host = ${hostProd} plain protected`,
        'databricks_cli_prod/databricks_token = dapi-write-prod-00000 protected',
      ],
    ],
    [
      'identities on GitHub',
      'github',
      { auth: 'oidc' },
      oidc,
      [
        '*/DATABRICKS_CLIENT_ID = client-plan plain',
        `*/DATABRICKS_HOST = ${hostDev} plain`,
        'dev/DATABRICKS_CLIENT_ID = client-dev plain protected',
        `dev/DATABRICKS_HOST = ${hostDev} plain protected`,
        'prod/DATABRICKS_CLIENT_ID = client-prod plain protected',
        `prod/DATABRICKS_HOST = ${hostProd} plain protected`,
      ],
    ],
    [
      'a service connection',
      'azure',
      { auth: 'azure-cli', azure: { service_connection: 'dbx' } },
      env,
      [
        `databricks_cli/databricks_host = ${hostDev} plain`,
        `databricks_cli_prod/databricks_host = ${hostProd} plain protected`,
      ],
    ],
    [
      'another target for pushes',
      'github',
      { target: 'prod', production: false },
      env,
      [
        `*/DATABRICKS_HOST = ${hostProd}`,
        '*/DATABRICKS_TOKEN = dapi-read-dev-0000000',
        `prod/DATABRICKS_HOST = ${hostProd} protected`,
        'prod/DATABRICKS_TOKEN = dapi-write-prod-00000 protected',
      ],
    ],
    [
      'secrets of one’s own',
      'gitlab',
      { ...notify, production: false },
      { WEBHOOK: 'https://hook.test', KEY: '$(KEY)' },
      [
        '*/BRICKRAIL_GITLAB_TOKEN = ?',
        '*/KEY = ? protected',
        '*/WEBHOOK = https://hook.test',
        'dev/DATABRICKS_HOST = ? plain protected',
        'dev/DATABRICKS_TOKEN = ? protected',
        'plan/dev/DATABRICKS_HOST = ? plain',
        'plan/dev/DATABRICKS_TOKEN = ?',
      ],
    ],
  ])('%s', (_name, host, section, from, expected) => {
    expect(linesOf(of(host, section, from))).toEqual(expected)
  })

  it('says in which variable a value is looked for', () => {
    const about = (host: Host, scope: string | undefined, name: string) =>
      of(host, {}, {}).secrets.find((secret) => secret.scope === scope && secret.name === name)?.about
    expect(about('gitlab', 'plan/dev', 'DATABRICKS_TOKEN')).toBe(
      'set BRICKRAIL_PLAN_TOKEN here and run this again',
    )
    expect(about('github', 'prod', 'DATABRICKS_TOKEN')).toBe(
      'set DATABRICKS_TOKEN_PROD here and run this again',
    )
    expect(about('azure', 'databricks_cli', 'databricks_token')).toBe(
      'set DATABRICKS_TOKEN here and run this again',
    )
  })

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
    expect(wanted.environments).toEqual([
      { name: 'dev', approval: false, approvers: [], defaultBranchOnly: true },
      { name: 'prod', approval: true, approvers: ['alice'], defaultBranchOnly: true },
    ])
  })

  it('lets a job of another branch deploy', () => {
    const section: Section = { jobs: { 'sync-workspace': { branches: ['master', 'develop'] } } }
    const dev = of('github', section, env).environments.find(({ name }) => name === 'dev')
    expect(dev?.defaultBranchOnly).toBe(false)
  })
})

interface Yaml {
  jobs?: Record<string, { environment?: string; steps?: { env?: Record<string, string> }[] }>
}

/** `scope kind NAME`, as the files read them. */
const readByGithub = (pipeline: Pipeline): Set<string> =>
  new Set(
    render(pipeline).flatMap(({ text }) =>
      Object.values((parse(text) as Yaml).jobs ?? {}).flatMap(({ environment = '*', steps = [] }) =>
        [...JSON.stringify(steps).matchAll(/\b(secrets|vars)\.(\w+)/g)].map(
          ([, kind, name]) => `${environment} ${kind} ${name}`,
        ),
      ),
    ),
  )

describe('bootstrap and the generated files', () => {
  it.each<[auth: 'token' | 'oidc']>([['token'], ['oidc']])('GitHub: what the files read, with %s', (auth) => {
    const pipeline = pipelineOf({ ...notify, auth, hosts: ['github'] })
    const wanted = wantedOf(pipeline, { host: 'github', env, approvers: [] })
    const kept = wanted.secrets.map(
      ({ name, scope, plain }) => `${scope ?? '*'} ${plain ? 'vars' : 'secrets'} ${name}`,
    )
    const read = readByGithub(pipeline)
    expect(read.size).toBeGreaterThan(6)
    // A job with an environment finds the repository's secrets as well.
    const own = (line: string) => /\b(WEBHOOK|KEY)$/.test(line)
    expect([...read].filter((line) => !own(line)).sort()).toEqual(kept.filter((line) => !own(line)).sort())
    expect(kept.filter(own).sort()).toEqual(['* secrets KEY', '* secrets WEBHOOK'])
  })

  it('Azure: groups, their variables and environments', () => {
    const pipeline = pipelineOf({ hosts: ['azure'] })
    const { secrets, pipelines } = wantedOf(pipeline, { host: 'azure', env, approvers: [] })
    const files = render(pipeline)
    const all = files.map(({ text }) => text).join('\n')
    const groups = [...all.matchAll(/group: (\S+)/g)].map(([, name]) => name)
    expect(sorted(groups)).toEqual(sorted(secrets.map(({ scope }) => scope)))
    const names = [...all.matchAll(/\$\((databricks_\w+)\)/g)].map(([, name]) => name)
    expect(sorted(names)).toEqual(sorted(secrets.map(({ name }) => name)))
    const written = files.map(({ path }) => path).filter((path) => /^azure-pipelines\/[^/]+\.yml$/.test(path))
    expect(pipelines.map(({ path }) => path)).toEqual(written)
    const environments = [...all.matchAll(/environment: (\S+)/g)].map(([, name]) => name)
    expect(sorted(environments)).toEqual(sorted(pipelines.flatMap((each) => each.environments)))
    expect(pipelines.filter(({ validates }) => validates).map(({ name }) => name)).toEqual([
      'tesseract pull-request',
    ])
  })

  it('GitLab: environments and guards', () => {
    const pipeline = pipelineOf({ hosts: ['gitlab'] })
    const { secrets, locks, environments } = wantedOf(pipeline, { host: 'gitlab', env, approvers: [] })
    const text = render(pipeline).find(({ owner }) => owner === 'brickrail')?.text ?? ''
    const document = JSON.stringify(parse(text, { customTags: [{ tag: '!reference', collection: 'seq' }] }))
    const scopes = [...document.matchAll(/"environment":\{"name":"([^"]+)"/g)].map(([, name]) => name)
    expect(sorted(scopes)).toEqual(sorted(secrets.flatMap(({ scope }) => scope ?? [])))
    const groups = [...document.matchAll(/"resource_group":"([^"]+)"/g)].map(([, name]) => name)
    expect(sorted(groups)).toEqual(sorted(locks))
    expect(environments.map(({ name }) => name).every((name) => scopes.includes(name))).toBe(true)
  })
})
