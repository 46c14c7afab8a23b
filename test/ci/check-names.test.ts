import { describe, expect, test } from 'vitest'
import { command, faultsOf, job, type Row } from './faults.ts'

const manual = `${command}, on: [manual]`

const names: Row[] = [
  [
    'variables that differ in case only',
    job(`${command}, variables: { Foo: 1, FOO: 2 }`),
    ['one-name-in-two-cases at «FOO:»'],
  ],
  [
    'a variable of the defaults in another case',
    ['defaults: { variables: { Foo: 1 } }', ...job(`${command}, variables: { FOO: 2 }`)],
    ['one-name-in-two-cases at «FOO:»'],
  ],
  [
    'a variable of the defaults with another value',
    ['defaults: { variables: { FOO: 1 } }', ...job(`${command}, variables: { FOO: 2 }`)],
    [],
  ],
  [
    'variables of the defaults: said once',
    ['defaults: { variables: { Foo: 1, FOO: 2 } }'],
    ['one-name-in-two-cases at «FOO:»'],
  ],
  [
    'outputs that differ in case only',
    job(`${command}, outputs: [model, Model, model]`),
    ['one-name-in-two-cases at «Model»', 'duplicate-name at «model»'],
  ],
  [
    'an input that is a secret as well',
    ['secrets: { A_KEY: x }', ...job(`${manual}, secrets: [A_KEY], inputs: { A_KEY: {} }`)],
    ['input-and-secret at «A_KEY:»'],
  ],
  [
    'an input that is a variable as well',
    job(`${manual}, variables: { FOO: 1 }, inputs: { FOO: {} }`),
    ['input-and-variable at «FOO:»'],
  ],
  [
    'an input that is a variable in another case',
    job(`${manual}, variables: { foo: 1 }, inputs: { FOO: {} }`),
    ['one-name-in-two-cases at «FOO:»'],
  ],
  [
    'a secret twice',
    ['secrets: { A_KEY: x }', ...job(`${command}, secrets: [A_KEY, A_KEY]`)],
    ['duplicate-name at «A_KEY»'],
  ],
  [
    'an input called as the form calls the job',
    job(`${manual}, inputs: { JOB: {} }`),
    ['reserved-variable at «JOB:»'],
  ],
  [
    'the input of a built-in job, read by its own output',
    job(`${manual}, inputs: { DEPLOYMENT: { default: "" } }, outputs: [deployment]`),
    [],
  ],
]

const reserved = [
  'PATH HOME SHELL BASH_ENV ENV IFS NODE_OPTIONS NODE_PATH LD_PRELOAD Path',
  'RUNNER_TEMP GITHUB_OUTPUT ACTIONS_ID_TOKEN_REQUEST_URL CI CI_COMMIT_BRANCH GITLAB_CI',
  'GIT_STRATEGY GIT_DIR SYSTEM_TEAMPROJECT BUILD_REASON AGENT_NAME TF_BUILD',
  'BRICKRAIL_SCHEDULE DATABRICKS_HOST DATABRICKS_TOKEN_PROD DATABRICKS_AUTH_TYPE',
].flatMap((line) => line.split(' '))

describe('the checker of names of variables', () => {
  test.each(names)('%s', async (_name, lines, expected) => {
    const faults = await faultsOf(...lines)
    expect(faults.map(({ at }) => at).sort()).toEqual(expected.toSorted())
  })

  test.each(reserved)('%s is for a shell, a host or the generated files', async (name) => {
    const of = async (...lines: string[]) => (await faultsOf(...lines)).map(({ at }) => at.split(' ')[0])
    const wanted = ['reserved-variable']
    expect(await of(`defaults: { variables: { ${name}: x } }`)).toEqual(wanted)
    expect(await of(...job(`${command}, variables: { ${name}: x }`))).toEqual(wanted)
    expect(await of(...job(`${command}, outputs: [${name}]`))).toEqual(wanted)
    expect(await of(`secrets: { ${name.toUpperCase()}: x }`)).toEqual(wanted)
    expect(await of(...job(`${manual}, inputs: { ${name.toUpperCase()}: {} }`))).toEqual(wanted)
  })

  test.each(['CIRCLE', 'PATHS', 'MY_PATH', 'HOMEPAGE', 'DATABRICKS_CLUSTER', 'GITTER', 'ENVIRONMENT'])(
    '%s is free',
    async (name) => {
      expect(await faultsOf(...job(`${command}, variables: { ${name}: x }, outputs: [${name}]`))).toEqual([])
    },
  )
})

const rows: Row[] = [
  ...[
    '--target prod',
    '--target=prod',
    '-t prod',
    '-tprod',
    '-t=prod',
    `"--target" prod`,
    String.raw`--tar\get prod`,
  ].map((option): Row => [
    `a target in the command: ${option}`,
    job(`command: 'deploy ${option}'`),
    [`target-in-command at «'deploy ${option}'»`],
  ]),
  ['no target in the command', job('command: plan --timeout 5 --tree-t x-t'), []],

  [
    'the environment of another target',
    job('command: deploy, target: dev, environment: prod'),
    ['environment-of-another-target at «prod»'],
  ],
  [
    'the environment of another target, in other letters',
    job('command: deploy, target: dev, environment: Prod'),
    ['environment-of-another-target at «Prod»'],
  ],
  [
    'the environment of a target that the job does not have',
    job('script: [npm test], environment: prod'),
    ['environment-of-another-target at «prod»'],
  ],
  ['the environment of its own target', job('command: deploy, target: prod, environment: prod'), []],
  ['an environment of no target', job('script: [npm test], environment: release, approval: true'), []],
  [
    'an environment of a merge request',
    job(`${command}, on: [merge_request, push], environment: release`),
    ['environment-on-merge-request at «release»'],
  ],
  [
    'an environment of a built-in job of merge requests',
    ['jobs: { plan: { environment: review } }'],
    ['environment-on-merge-request at «review»'],
  ],
  [
    'another approval for a built-in job',
    ['jobs: { deploy-production: { environment: free }, rollback-production: { environment: dev } }'],
    ['built-in-field at «environment:»', 'built-in-field at «environment:»'],
  ],
  ['another environment for a built-in job', ['jobs: { sync-workspace: { environment: staging } }'], []],

  ['no branches', job(`${command}, branches: []`), ['never-started at «[»']],
  ['a ref for a branch', ['default_branch: refs/heads/main'], ['bad-branch at «refs/heads/main»']],
  ['HEAD for a branch', ['default_branch: HEAD'], ['bad-branch at «HEAD»']],
  [
    'refs and HEAD among branches',
    job(`${command}, branches: [refs/tags/a, HEAD, heads/refs, HEADS]`),
    ['bad-branch at «refs/tags/a»', 'bad-branch at «HEAD»'],
  ],

  ['a pool without name', job(`${command}, pool: "pool:"`), ['bad-value at «"pool:"»']],
  ['a pool of blanks', ['defaults: { pool: "pool:  " }'], ['bad-value at «"pool:  "»']],
  ['a pool', job(`${command}, pool: "pool:Data Lab"`), []],

  ...[
    '**',
    '*',
    '*/**',
    './**',
    '.git',
    '.git/config',
    'a/.git/x',
    '.*',
    '.g*/**',
    '/etc/passwd',
    'a/../..',
    '..',
  ].map((path): Row => [
    `to keep ${path}`,
    job(`${command}, artifacts: ["${path}"]`),
    [`bad-value at «"${path}"»`],
  ]),
  [
    'files to keep',
    job(`${command}, artifacts: ["out/**", "*.html", .cache/report, ".gitignore", "a.git/b"]`),
    [],
  ],

  ...[
    'npx brickrail',
    './node_modules/.bin/npx brickrail',
    '/usr/bin/npx',
    'env npx x',
    'npm exec brickrail',
    'node bin/npx-cli.js x',
  ].map((program): Row => [
    `started by ${program}`,
    [`command: ${program}`],
    [`npx at «${program.split(' ')[0]}»`],
  ]),
  ['started by something like it', ['command: ./npxy/brickrail'], []],

  ['blanks around a schedule', job(`${command}, on: [schedule], schedule: " 0  4 * * 1 "`), []],
  [
    'lines in what a form asks for',
    job(
      String.raw`${manual}, inputs: { A: { default: "a\nb" }, B: { about: "a\nb" }, C: { default: "a\rb" } }`,
    ),
    ['bad-value at «"a\\nb"»', 'bad-value at «"a\\nb"»', 'bad-value at «"a\\rb"»'],
  ],
  [
    'a default that Azure would put something into',
    job(
      `${manual}, inputs: { A: { default: "x $(FOO)" }, B: { default: "$(Build.Id)" }, C: { default: "5 $" } }`,
    ),
    ['host-expression at «"x $(FOO)"»', 'host-expression at «"$(Build.Id)"»'],
  ],
]

describe('the checker of what reaches further than it seems', () => {
  test.each(rows)('%s', async (_name, lines, expected) => {
    const faults = await faultsOf(...lines)
    expect(faults.map(({ at }) => at).sort()).toEqual(expected.toSorted())
    for (const { message, hint } of faults)
      expect([message.length > 10, typeof hint]).toEqual([true, 'string'])
  })
})
