import { describe, expect, it } from 'vitest'
import type { Host } from '../../../src/ci/model.ts'
import type { JobSection, Section } from '../../../src/ci/section.ts'
import type { Wanted } from '../../../src/host/bootstrap.ts'
import { env, loose, notify, of } from './support.ts'

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

/** None of the built-in jobs that reach a workspace. */
const noJobs = {
  production: false,
  jobs: Object.fromEntries(
    ['plan', 'build-cluster', 'sync-workspace', 'catch-up', 'rollback', 'destroy', 'drift'].map((name) => [
      name,
      null,
    ]),
  ),
} satisfies Section

const pushed = { stage: 'test', on: ['push'], changes: ['src/**'] } satisfies JobSection

/** A secret behind approval, one with an environment, and one that somebody without either uses, too. */
const guarded: Section = {
  ...noJobs,
  secrets: { PAGER: 'calls', SHARED: 'of all' },
  jobs: {
    ...noJobs.jobs,
    call: {
      stage: 'release',
      on: ['manual'],
      script: ['./call'],
      environment: 'prod',
      target: 'prod',
      approval: true,
      secrets: ['PAGER', 'SHARED'],
    },
    seal: { ...pushed, script: ['./seal'], environment: 'sealed', secrets: ['PAGER'] },
    tell: { ...pushed, script: ['./tell'], secrets: ['SHARED'] },
  },
}
const own = { PAGER: 'pager-1', SHARED: 'shared-1' }

const local: Section['jobs'] = {
  notify: {
    ...pushed,
    on: ['push', 'merge_request'],
    script: ['./notify'],
    secrets: ['WEBHOOK'],
    target: 'local',
  },
  sign: { ...pushed, script: ['./sign'], secrets: ['KEY'], target: 'local' },
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
        `dev/DATABRICKS_HOST = ${hostDev} plain protected`,
        'dev/DATABRICKS_TOKEN = dapi-write-dev-000000 protected',
        'plan/dev/BRICKRAIL_GITLAB_TOKEN = ?',
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
        `databricks_cli/databricks_host = ${hostDev} plain protected`,
        'databricks_cli/databricks_token = dapi-write-dev-000000 protected',
        `databricks_cli_plan/databricks_host = ${hostDev} plain`,
        'databricks_cli_plan/databricks_token = dapi-read-dev-0000000',
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
      'identities on Azure',
      'azure',
      { auth: 'oidc', production: false },
      oidc,
      [
        'databricks_cli/databricks_client_id = client-dev plain protected',
        `databricks_cli/databricks_host = ${hostDev} plain protected`,
        'databricks_cli_plan/databricks_client_id = client-plan plain',
        `databricks_cli_plan/databricks_host = ${hostDev} plain`,
      ],
    ],
    [
      'a service connection',
      'azure',
      { auth: 'azure-cli', azure: { service_connection: 'dbx' } },
      env,
      [
        `databricks_cli/databricks_host = ${hostDev} plain protected`,
        `databricks_cli_plan/databricks_host = ${hostDev} plain`,
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
        '*/KEY = ? protected',
        '*/WEBHOOK = https://hook.test',
        'dev/DATABRICKS_HOST = ? plain protected',
        'dev/DATABRICKS_TOKEN = ? protected',
        'plan/dev/BRICKRAIL_GITLAB_TOKEN = ?',
        'plan/dev/DATABRICKS_HOST = ? plain',
        'plan/dev/DATABRICKS_TOKEN = ?',
      ],
    ],
    [
      'secrets of guarded jobs on GitHub',
      'github',
      guarded,
      own,
      ['*/SHARED = shared-1 protected', 'prod/PAGER = pager-1 protected', 'sealed/PAGER = pager-1 protected'],
    ],
    [
      'secrets of guarded jobs on GitLab',
      'gitlab',
      guarded,
      own,
      ['*/SHARED = shared-1 protected', 'prod/PAGER = pager-1 protected', 'sealed/PAGER = pager-1 protected'],
    ],
    [
      'secrets of guarded jobs on Azure',
      'azure',
      guarded,
      own,
      [
        'databricks_cli/PAGER = pager-1 protected',
        'databricks_cli/SHARED = shared-1 protected',
        'databricks_cli_prod/PAGER = pager-1 protected',
        'databricks_cli_prod/SHARED = shared-1 protected',
      ],
    ],
    [
      'secrets of merge requests on Azure, of a target without host',
      'azure',
      { ...notify, ...noJobs, jobs: { ...noJobs.jobs, ...local } },
      { WEBHOOK: 'https://hook.test', KEY: 'key-1' },
      ['databricks_cli_local/KEY = key-1 protected', 'databricks_cli_local_plan/WEBHOOK = https://hook.test'],
    ],
    [
      'a place of what deploys, where tags look as well',
      'gitlab',
      { ...noJobs, secrets: { HOOK: 'called' }, jobs: { ...noJobs.jobs, ...loose } },
      env,
      [
        `dev/DATABRICKS_HOST = ${hostDev} plain protected`,
        'dev/DATABRICKS_TOKEN = dapi-write-dev-000000 protected',
        'dev/HOOK = ? protected',
        `prod/DATABRICKS_HOST = ${hostProd} plain protected`,
        'prod/DATABRICKS_TOKEN = dapi-write-prod-00000 protected',
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
    expect(about('azure', 'databricks_cli_plan', 'databricks_token')).toBe(
      'set BRICKRAIL_PLAN_TOKEN here and run this again',
    )
  })

  it('keeps the token for comments where only the job that comments finds it, and says where it cannot', () => {
    const tokenOf = (section: Section) =>
      of('gitlab', section, env).secrets.filter(({ name }) => name === 'BRICKRAIL_GITLAB_TOKEN')
    expect(tokenOf({})).toMatchObject([{ scope: 'plan/dev', protected: false }])
    const [alone, ...others] = tokenOf({ target: 'local', jobs: { drift: null } })
    expect([alone?.scope, others]).toEqual([undefined, []])
    expect(alone?.about).toMatch(/for all environments: the job that comments has none/)
  })
})
