import { describe, expect, it } from 'vitest'
import { headerOf } from '../../src/ci/emit.ts'
import { renderGithub } from '../../src/ci/github/render.ts'
import { workflowsOf, type WorkflowFile } from './github-run.ts'
import { jobsOf, ownJobs, pipelineOf, scriptOf, workflowOf } from './github-sample.ts'

const sample = pipelineOf()
const own = pipelineOf(ownJobs)
const byIdentity = pipelineOf({ auth: 'oidc', audience: 'https://dbc.example', ...ownJobs })
const everything = [sample, own, byIdentity].flatMap((pipeline) => renderGithub(pipeline))

describe('the files', () => {
  it.each([
    ['as it comes', sample, ['pull-request', 'push', 'manual', 'schedule']],
    ['with jobs of a user', own, ['pull-request', 'push', 'tag', 'manual', 'schedule']],
    [
      'with nothing to start',
      pipelineOf({
        production: false,
        jobs: Object.fromEntries(
          ['build-cluster', 'sync-workspace', 'catch-up', 'rollback', 'destroy', 'drift'].map((name) => [
            name,
            null,
          ]),
        ),
      }),
      ['pull-request'],
    ],
  ])('are one for each kind of event, %s', (_, pipeline, kinds) => {
    expect(renderGithub(pipeline).map(({ path, owner }) => [path, owner])).toEqual(
      kinds.map((kind) => [`.github/workflows/brickrail-${kind}.yml`, 'brickrail']),
    )
  })

  it('say where they come from', () => {
    for (const { text } of everything)
      expect(headerOf(text)).toEqual({ version: '1.2.3', digest: 'ab12'.repeat(16) })
  })

  it('are the same each time', () => {
    expect(renderGithub(own)).toEqual(renderGithub(own))
  })

  it('pin every action by its commit, with the version behind it', () => {
    const uses = everything.flatMap(({ text }) => text.split('\n').filter((line) => /\buses:/.test(line)))
    expect(uses.length).toBeGreaterThan(20)
    for (const line of uses)
      expect(line).toMatch(/^ +(- )?uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })
})

/** All that may be put together by GitHub: none of it is text that somebody outside chooses, but into the environment. */
const harmless = [
  /^secrets\.[A-Z_]+$/,
  /^vars\.[A-Z_]+$/,
  /^inputs\.[A-Z_]+( \|\| '.*')?$/,
  /^steps\.(script|changes)\.outputs\.\w+$/,
  /^needs\.[a-z-]+\.outputs\.\w+$/,
  /^github\.(token|event\.before)$/,
  /^github\.event\.pull_request\.number \|\| github\.ref$/,
  /^!cancelled\(\) && !failure\(\) && !contains\(needs\.\*\.result, 'cancelled'\)$/,
  /^join\(needs\.\*\.result, ' '\)$/,
  /^inputs\.job$/,
  /^github\.(actor|ref_name)$/,
]

describe('text from outside', () => {
  it('is never part of a script', () => {
    for (const [, { steps }] of jobsOf(workflowsOf(everything).values()))
      for (const { run = '' } of steps) expect(run).not.toContain('${{')
  })

  it('comes in by expressions of this list only', () => {
    const found = everything.flatMap(({ text }) =>
      [...text.matchAll(/\$\{\{ (.*?) \}\}/g)].map(([, expression = '']) => expression),
    )
    expect([...new Set(found)].filter((text) => !harmless.some((pattern) => pattern.test(text)))).toEqual([])
    const outside = /github\.(actor|ref_name)/
    const lines = everything.flatMap(({ text }) => text.split('\n').filter((line) => outside.test(line)))
    for (const line of lines) expect(line).toMatch(/^(run-name:|  group:| {4}if:) /)
  })
})

describe('what a job may', () => {
  const granted = (workflows: Iterable<WorkflowFile>): string[] => [
    ...new Set(
      jobsOf(workflows).map(([name, { permissions }]) =>
        [name, ...Object.entries(permissions).map((pair) => pair.join(':'))].join(' '),
      ),
    ),
  ]

  it('is to read the repository, and to comment where there is something to comment on', () => {
    const all = [...workflowsOf(renderGithub(own)).values()]
    for (const { permissions } of all) expect(permissions).toEqual({})
    const more = granted(all).filter((line) => !/^[a-z-]+ contents:read$/.test(line))
    expect(more).toEqual([
      'plan contents:read pull-requests:write statuses:write',
      'brickrail',
      'changes contents:read actions:read',
    ])
  })

  it('is to prove who it is, where it reaches a workspace by that', () => {
    const more = granted(workflowsOf(renderGithub(byIdentity)).values()).filter((line) =>
      line.includes('id-token'),
    )
    expect(more.map((line) => line.split(' ')[0])).toEqual([
      'plan',
      'build-cluster',
      'sync-workspace',
      'catch-up',
      'train',
      'preview',
      'deploy-production',
      'rollback',
      'rollback-production',
      'destroy',
      'drift',
    ])
  })

  it('is given no token by its checkout, and all commits only to find changes', () => {
    const found = jobsOf(workflowsOf(everything).values()).flatMap(([name, { steps }]) =>
      steps.flatMap(({ uses, with: given }) =>
        uses?.startsWith('actions/checkout@') ? [`${name} ${JSON.stringify(given)}`] : [],
      ),
    )
    const alike = new Set(found.map((line) => line.replace(/^(?!changes )\S+/, 'others')))
    expect([...alike].toSorted()).toEqual([
      'changes {"persist-credentials":false,"fetch-depth":0}',
      'others {"persist-credentials":false}',
    ])
  })
})

describe('secrets', () => {
  const names = (workflows: Iterable<WorkflowFile>): Record<string, string[]> =>
    Object.fromEntries(
      jobsOf(workflows).map(([name, job]) => [
        name,
        [...JSON.stringify(job).matchAll(/\b(?:secrets|vars)\.(\w+)|github\.(token)/g)].map(
          ([, secret, token]) => secret ?? token ?? '',
        ),
      ]),
    )

  it('are there for the script of a job that needs them', () => {
    const token = ['DATABRICKS_HOST', 'DATABRICKS_TOKEN']
    expect(names(workflowsOf(renderGithub(own)).values())).toMatchObject({
      changes: ['token'],
      'check-pipelines': [],
      validate: [],
      brickrail: [],
      'tests-of-forks': [],
      score: [],
      plan: [...token, 'token'],
      'build-cluster': token,
      'deploy-production': token,
      train: [...token, 'MAPS_KEY'],
      preview: ['DATABRICKS_HOST_US_WEST', 'DATABRICKS_TOKEN_US_WEST'],
      drift: token,
    })
    for (const [, { steps, env }] of jobsOf(workflowsOf(everything).values())) {
      expect(JSON.stringify(env ?? {})).not.toContain('${{')
      for (const step of steps.filter(({ env: given }) => given)) expect(step.run).toBeDefined()
    }
  })

  it('are none where the job proves who it is', () => {
    const plan = workflowOf(byIdentity, 'pull-request').jobs['plan']!
    expect(scriptOf(plan)?.env).toEqual({
      DATABRICKS_AUTH_TYPE: 'github-oidc',
      DATABRICKS_HOST: '${{ vars.DATABRICKS_HOST }}',
      DATABRICKS_CLIENT_ID: '${{ vars.DATABRICKS_CLIENT_ID }}',
      DATABRICKS_TOKEN_AUDIENCE: 'https://dbc.example',
      GITHUB_TOKEN: '${{ github.token }}',
    })
    expect(JSON.stringify(workflowOf(byIdentity, 'manual'))).not.toContain('secrets.')
  })

  it('of jobs that deploy are those of their environment', () => {
    const all = jobsOf(workflowsOf(renderGithub(own)).values())
    const environments = all.flatMap(([name, { environment }]) =>
      environment ? [`${name} ${environment}`] : [],
    )
    expect(environments).toEqual([
      'build-cluster dev',
      'sync-workspace dev',
      'catch-up dev',
      'train dev',
      'deploy-production prod',
      'rollback dev',
      'rollback-production prod',
      'destroy dev',
    ])
  })
})
