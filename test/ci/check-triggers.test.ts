import { describe, expect, test } from 'vitest'
import { command, faultsOf, job, type Row } from './faults.ts'

const rows: Row[] = [
  ['an unknown need', job(`${command}, needs: [validate, paln]`), ['unknown-need at «paln»']],
  [
    'a need that was removed',
    ['jobs: { plan: null, a: { command: validate, needs: [plan] } }'],
    ['unknown-need at «plan»'],
  ],
  [
    'a cycle',
    [
      'jobs:',
      '  a: { command: plan, needs: [b] }',
      '  b: { command: plan, needs: [c] }',
      '  c: { command: plan, needs: [a] }',
    ],
    ['cycle at «b»'],
  ],
  ['a job that needs itself', job(`${command}, needs: [train]`), ['cycle at «train»']],
  [
    'a cycle through a built-in job',
    ['jobs: { plan: { needs: [a] }, a: { command: plan, stage: plan, needs: [plan] } }'],
    ['cycle at «a»'],
  ],
  [
    'a need of a later stage',
    job(`${command}, stage: check, needs: [plan]`),
    ['need-of-later-stage at «plan»'],
  ],

  ['a name with a shell metacharacter', ['jobs:', '  "a;b": { command: plan }'], ['bad-job-name at «"a;b"»']],
  ['a name in capitals', ['jobs:', '  Train: { command: plan }'], ['bad-job-name at «Train:»']],
  ['a name that begins with a digit', ['jobs:', '  1st: { command: plan }'], ['bad-job-name at «1st:»']],
  [
    'a name that is too long',
    ['jobs:', `  ${'a'.repeat(64)}: { command: plan }`],
    [`bad-job-name at «${'a'.repeat(64)}:»`],
  ],
  ['a name of GitLab', ['jobs:', '  pages: { command: plan }'], ['bad-job-name at «pages:»']],
  [
    'the name of the one check to require',
    ['jobs:', '  brickrail: { command: plan }'],
    ['bad-job-name at «brickrail:»'],
  ],
  [
    'names that Azure cannot tell apart',
    ['jobs:', '  a-b: { command: plan }', '  a_b: { command: plan }'],
    ['bad-job-name at «a_b:»', 'one-job-per-name at «a_b:»'],
  ],
  ['a job to remove that is not there', ['jobs:', '  valdate: null'], ['unknown-job at «valdate:»']],
  ['the first job removed', ['jobs:', '  check-pipelines: null'], ['job-is-needed at «null»']],

  ['a branch with a metacharacter', ['default_branch: "a$(b)"'], ['bad-branch at «"a$(b)"»']],
  ['a branch that git refuses', ['default_branch: a..b'], ['bad-branch at «a..b»']],
  [
    'a branch of a job',
    job(`${command}, branches: [main, -x, "a b", x.lock]`),
    ['bad-branch at «-x»', 'bad-branch at «"a b"»', 'bad-branch at «x.lock»'],
  ],
  [
    'branches without push',
    job(`${command}, on: [manual], branches: [main]`),
    ['branches-without-push at «branches:»'],
  ],

  [
    'a cron of four fields',
    job(`${command}, on: [schedule], schedule: "0 5 * *"`),
    ['bad-cron at «"0 5 * *"»'],
  ],
  [
    'a cron out of range',
    job(`${command}, on: [schedule], schedule: "61 5 * * *"`),
    ['bad-cron at «"61 5 * * *"»'],
  ],
  [
    'a cron of six fields',
    job(`${command}, on: [schedule], schedule: "1 2 3 4 5 6"`),
    ['bad-cron at «"1 2 3 4 5 6"»'],
  ],
  ['30 February', job(`${command}, on: [schedule], schedule: "0 5 30 2 *"`), ['bad-cron at «"0 5 30 2 *"»']],
  [
    'every four minutes',
    job(`${command}, on: [schedule], schedule: "*/4 * * * *"`),
    ['bad-cron at «"*/4 * * * *"»'],
  ],
  [
    'a cron of one host',
    job(`${command}, on: [schedule], schedule: "0 5 L * *"`),
    ['bad-cron at «"0 5 L * *"»'],
  ],
  [
    'two days that hosts combine differently',
    job(`${command}, on: [schedule], schedule: "0 5 1 * 1"`),
    ['bad-cron at «"0 5 1 * 1"»'],
  ],
  ['no schedule', job(`${command}, on: [schedule]`), ['schedule-missing at «[schedule»']],
  [
    'a schedule too much',
    job(`${command}, schedule: "0 5 * * *"`),
    ['schedule-without-event at «schedule:»'],
  ],
  [
    'a bad schedule of a built-in job',
    ['jobs: { drift: { schedule: "0 25 * * *" } }'],
    ['bad-cron at «"0 25 * * *"»'],
  ],

  ['dir/*', job(`${command}, changes: [src/*]`), ['bad-changes at «src/*»']],
  [
    'other patterns',
    job(`${command}, changes: ["**", "!a", "../a", "src/**/*", "src/"]`),
    [
      'bad-changes at «"**"»',
      'bad-changes at «"!a"»',
      'bad-changes at «"../a"»',
      'bad-changes at «"src/**/*"»',
      'bad-changes at «"src/"»',
    ],
  ],
  [
    'changes without push',
    job(`${command}, on: [merge_request], changes: [src/**]`),
    ['changes-without-push at «changes:»'],
  ],
  [
    '51 patterns',
    job(`${command}, changes: [${Array.from({ length: 51 }, (_, i) => `f${i}`).join(', ')}]`),
    ['too-many-changes at «train:»', 'too-many-changes at «f50»'],
  ],
  [
    'no push starts it',
    ['jobs: { build-cluster: null, sync-workspace: null, catch-up: null, a: { command: validate } }'],
    ['never-started at «{»'],
  ],
  ['no event', job(`${command}, on: []`), ['never-started at «[»']],
]

describe('the checker of names, needs and triggers', () => {
  test.each(rows)('%s', async (_name, lines, expected) => {
    const faults = await faultsOf(...lines)
    expect(faults.map(({ at }) => at).sort()).toEqual(expected.toSorted())
  })
})
