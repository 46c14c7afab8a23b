import { describe, expect, test } from 'vitest'
import { loadPipelines } from '../../src/config/pipelines.ts'
import { temporary, write } from '../config/project.ts'
import { command, faultsOf, job, type Row } from './faults.ts'
import { withCi } from './spec.ts'

const rows: Row[] = [
  ['nothing', [], []],
  [
    'a whole job',
    job('script: [npm run build, ./scripts/train.sh], changes: [src/**, a.txt], needs: [validate]'),
    [],
  ],
  ['an unknown host', ['defaults: {}', 'hosts: [gitlub]'], ['duplicate-key at «hosts:»']],
  ['a job without the shape', job('stage: tset'), ['missing-script at «{»', 'unknown-value at «tset»']],
  ['a key of a job', job(`${command}, neds: [plan]`), ['unknown-key at «neds:»']],
  [
    'two jobs of one name',
    ['jobs:', '  a: { command: plan }', '  a: { command: plan }'],
    ['duplicate-key at «a:»'],
  ],

  [
    'a secret that is not declared',
    job(`${command}, secrets: [KAGGLE_KEY]`),
    ['undeclared-secret at «KAGGLE_KEY»'],
  ],
  [
    'a secret that a script reads',
    job('script: [npm test, "curl -H $KAGGLE_KEY"]'),
    ['undeclared-secret at «"curl -H $KAGGLE_KEY"»'],
  ],
  ['a secret that is set', job('script: ["export A_KEY=x; use ${A_KEY}"]'), []],
  [
    'a declared secret',
    ['secrets: { KAGGLE_KEY: data sets }', ...job('script: [use $KAGGLE_KEY], secrets: [KAGGLE_KEY]')],
    [],
  ],
  ['the token without access', job('script: [use $DATABRICKS_TOKEN]'), ['undeclared-secret at «use»']],
  ['the token with access', job('script: [use $DATABRICKS_TOKEN], access: read'), []],
  [
    'a secret for forks',
    ['secrets: { A_KEY: x }', 'jobs: { validate: { secrets: [A_KEY] } }'],
    ['secret-for-forks at «A_KEY»'],
  ],
  [
    'a secret of a host',
    ['secrets: { GITHUB_X: x, DATABRICKS_TOKEN: y, a-b: z }'],
    ['reserved-variable at «GITHUB_X:»', 'reserved-variable at «DATABRICKS_TOKEN:»', 'bad-value at «a-b:»'],
  ],
  [
    'a secret that is a variable as well',
    ['secrets: { A_KEY: x }', ...job(`${command}, secrets: [A_KEY], variables: { A_KEY: x }`)],
    ['secret-and-variable at «A_KEY»'],
  ],

  ['no script', job('stage: test'), ['missing-script at «{»']],
  ['an empty script', job('script: []'), ['missing-script at «[»']],
  ['two scripts', job(`${command}, script: [npm test]`), ['two-scripts at «validate»']],
  ['no such command', job('command: sync'), ['missing-script at «sync»']],
  [
    'no such command in a script',
    job('script: [./node_modules/.bin/brickrail paln]'),
    ['missing-script at «./node_modules/.bin/brickrail»'],
  ],
  ['no such npm script', job('script: [npm run biuld && npm test]'), ['missing-script at «npm»']],
  [
    'no such file',
    job('script: [bash scripts/tain.sh, node x.js, ./y, node -e 1, cd z && ./y]'),
    ['missing-script at «bash»', 'missing-script at «node»', 'missing-script at «./y»'],
  ],
  ['a file that install makes', job('script: [node dist/x.js, node_modules/.bin/y]'), []],

  [
    'an expression of GitHub',
    job('script: ["echo ${{ github.token }}"]'),
    ['host-expression at «"echo ${{ github.token }}"»'],
  ],
  [
    'an expression of GitLab',
    job(`${command}, about: "a $[[ inputs.x ]]"`),
    ['host-expression at «"a $[[ inputs.x ]]"»'],
  ],
  [
    'expressions of Azure',
    job('script: ["echo $[x] ", "echo $(System.AccessToken)", "echo $(date)"]'),
    ['host-expression at «"echo $[x] "»', 'host-expression at «"echo $(System.AccessToken)"»'],
  ],
  [
    'a reference',
    job('script: ["echo ${var.x} ${HOME}"]'),
    ['no-reference-here at «"echo ${var.x} ${HOME}"»'],
  ],
  ['a dollar in a variable', ['defaults: { variables: { A: b$c } }'], ['variable-with-dollar at «b$c»']],

  ['inputs without manual', job(`${command}, inputs: { MODEL: {} }`), ['inputs-without-manual at «inputs:»']],
  ['a bad input', job(`${command}, on: [manual], inputs: { my-model: {} }`), ['bad-value at «my-model:»']],
  [
    'one input with two defaults',
    [
      'jobs:',
      '  a: { command: plan, on: [manual], inputs: { DEPLOYMENT: { default: 7 } } }',
      '  b: { command: plan, on: [manual], inputs: { X: { default: 1 } } }',
      '  c: { command: plan, on: [manual], inputs: { X: { default: 1 } } }',
    ],
    ['one-input-per-name at «DEPLOYMENT:»'],
  ],
  ['approval of nothing', job(`${command}, approval: true`), ['approval-without-environment at «true»']],
  [
    'unknown targets',
    ['target: div', 'production: prd', ...job('command: plan, target: stagin')],
    ['unknown-target at «div»', 'unknown-target at «prd»', 'unknown-target at «stagin»'],
  ],
  ['one target for both', ['target: prod'], ['one-target-for-both at «prod»']],
  ['a bad environment', job(`${command}, environment: "a;b"`), ['bad-value at «"a;b"»']],
  [
    'timeouts',
    ['defaults: { timeout: 0 }', ...job(`${command}, timeout: 1441`)],
    ['bad-timeout at «0»', 'bad-timeout at «1441»'],
  ],
  [
    'write on merge request',
    job('command: deploy, on: [merge_request]'),
    ['write-on-merge-request at «deploy»'],
  ],
  ['too little access', job('command: deploy, access: read'), ['access-too-low at «read»']],
  [
    'another command for a built-in job',
    ['jobs: { plan: { command: deploy, on: [push], timeout: 5 } }'],
    ['built-in-field at «command:»', 'built-in-field at «on:»'],
  ],
  [
    'a job that is not in this project',
    ['production: null', 'jobs: { deploy-production: { timeout: 5 } }'],
    ['unknown-job at «deploy-production:»'],
  ],

  [
    'values that are more than they seem',
    [
      'defaults: { image: "a b", tags: [";"], pool: "x\\ny", runs_on: "$x" }',
      ...job(`${command}, artifacts: [../a], junit: "a;b", outputs: [a-b]`),
    ],
    [
      'bad-value at «"a b"»',
      'bad-value at «";"»',
      'bad-value at «"x\\ny"»',
      'bad-value at «"$x"»',
      'bad-value at «../a»',
      'bad-value at «"a;b"»',
      'bad-value at «a-b»',
    ],
  ],
  ['npx', ['command: npx brickrail'], ['npx at «npx»']],
  ['a command with more than words', ['command: a; b'], ['bad-value at «a;»']],
  [
    'azure-cli elsewhere, and without a connection',
    ['auth: azure-cli'],
    ['auth-of-another-host at «azure-cli»', 'service-connection-missing at «azure-cli»'],
  ],
  ['a variable group of no target', ['azure: { variable_groups: { sta: x } }'], ['unknown-target at «sta:»']],
]

describe('the checker', () => {
  test.each(rows)('%s', async (_name, lines, expected) => {
    const faults = await faultsOf(...lines)
    expect(faults.map(({ at }) => at).sort()).toEqual(expected.toSorted())
    for (const { message, hint } of faults)
      expect([message.length > 10, typeof hint]).toEqual([true, 'string'])
  })

  test.each([
    [
      'says the cycle',
      ['jobs:', '  a: { command: plan, needs: [b] }', '  b: { command: plan, needs: [a] }'],
      /a -> b -> a/,
    ],
    ['says which character is bad', ['jobs: { "a.b": { command: plan } }'], /character «\.»/],
    [
      'explains dir/*',
      job(`${command}, changes: [src/*]`),
      /on GitLab it leaves out what is in sub-folders; write src\/\*\*/,
    ],
    ['suggests a need', job(`${command}, needs: [paln]`), /did you mean «plan»/],
    ['suggests a command', job('command: sync-workspac'), /did you mean «sync-workspace»/],
    ['says what may be changed', ['jobs: { plan: { script: [x] } }'], /may be changed: about, branches/],
    ['names the host of an expression', job('script: ["echo $[[ inputs.x ]]"]'), /replaced by GitLab/],
    [
      'says that a day does not exist',
      job(`${command}, on: [schedule], schedule: "0 5 30 2 *"`),
      /never happens/,
    ],
    ['says when GitHub is too slow', job(`${command}, on: [schedule], schedule: "*/4 * * * *"`), /every 5/],
  ])('%s', async (_name, lines, says) => {
    const [fault] = await faultsOf(...lines)
    expect(`${fault?.message}; ${fault?.hint}`).toMatch(says)
  })

  test('an unknown host is suggested', async () => {
    const cwd = write(temporary(), { 'pipelines/brickrail.yml': withCi('hosts: [gitlab, githubb]') })
    const { faults } = await loadPipelines({ cwd, today: '2026-11-21' })
    expect(faults).toMatchObject([
      { line: 6, column: 19, rule: 'unknown-value', hint: expect.stringMatching(/«github»/) },
    ])
  })

  test('all at once, those of the shape with them', async () => {
    const faults = await faultsOf(
      'target: nope',
      'auth: tokn',
      ...job('stage: tst, needs: [x], timeout: soon, command: nope'),
    )
    expect(faults.map(({ at }) => at)).toEqual([
      'unknown-target at «nope»',
      'unknown-value at «tokn»',
      'unknown-value at «tst»',
      'unknown-need at «x»',
      'wrong-type at «soon»',
      'missing-script at «nope»',
    ])
  })
})
