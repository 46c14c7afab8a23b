import { it, expect } from 'vitest'
import { answerOf, ev, resultOf, type Row } from './sample.ts'

/** candidate.ready, path.staging and the two of the champion. */
const rows: Row[] = [
  ['READY', 'candidate.ready', 'passed', () => undefined],
  [
    'ready in lower case is another word',
    'candidate.ready',
    'failed NOT_READY',
    (s) => s.moment.candidate && (s.moment.candidate.status = 'ready'),
  ],
  [
    'no status',
    'candidate.ready',
    'failed NOT_READY',
    (s) => s.moment.candidate && (s.moment.candidate.status = ''),
  ],
  [
    'FAILED_REGISTRATION',
    'candidate.ready',
    'failed NOT_READY',
    (s) => s.moment.candidate && (s.moment.candidate.status = 'FAILED_REGISTRATION'),
  ],
  ['no such version', 'candidate.ready', 'failed NO_VERSION', (s) => void (s.moment.candidate = undefined)],
  [
    'rejected',
    'candidate.ready',
    'failed REJECTED',
    (s) => s.moment.candidate && (s.moment.candidate.tags['brickrail_verdict'] = 'rejected'),
  ],
  [
    'rejected, and it is what one goes back to',
    'candidate.ready',
    'passed',
    (s) => {
      if (s.moment.candidate) s.moment.candidate.tags['brickrail_verdict'] = 'rejected'
      s.moment.action = 'rollback'
    },
  ],
  [
    'of another verdict',
    'candidate.ready',
    'passed',
    (s) => s.moment.candidate && (s.moment.candidate.tags['brickrail_verdict'] = 'failed'),
  ],

  ['was in staging', 'path.staging', 'passed', () => undefined],
  [
    'was in staging with other evidence',
    'path.staging',
    'passed',
    (s) => void (s.moment.passed = { staging: 'other' }),
  ],
  [
    'a path of production only',
    'path.staging',
    'passed',
    (s) => {
      s.policy.path = ['production']
      s.moment.passed = {}
    },
  ],
  [
    'a path of production only, and the version is archived',
    'path.staging',
    'passed',
    (s) => {
      s.policy.path = ['production']
      if (s.moment.candidate) s.moment.candidate.stage = 'Archived'
    },
  ],
  [
    'the first place of the path',
    'path.staging',
    'passed',
    (s) => {
      s.moment.place = 'staging'
      s.moment.passed = {}
    },
  ],
  [
    'an archived version starts again',
    'path.staging',
    'passed',
    (s) => {
      s.moment.place = 'staging'
      if (s.moment.candidate) s.moment.candidate.stage = 'Archived'
    },
  ],
  [
    'only production is in the ledger',
    'path.staging',
    'failed STAGING_SKIPPED',
    (s) => void (s.moment.passed = { production: 'e' }),
  ],
  [
    'staging is not in the path',
    'path.staging',
    'failed NOT_IN_PATH',
    (s) => {
      s.moment.place = 'staging'
      s.policy.path = ['production']
    },
  ],
  ['no path at all', 'path.staging', 'failed NOT_IN_PATH', (s) => void (s.policy.path = [])],
  [
    'of aliases no stage is known',
    'path.staging',
    'passed',
    (s) => s.moment.candidate && delete s.moment.candidate.stage,
  ],

  ['as evaluated', 'champion.unchanged', 'passed', () => undefined],
  [
    'none then, none now',
    'champion.unchanged',
    'passed',
    (s) => {
      delete ev(s).champion
      s.moment.holders.production = []
    },
  ],
  [
    '7 is not 07',
    'champion.unchanged',
    'failed CHAMPION_CHANGED',
    (s) => void (s.moment.holders.production = ['06']),
  ],
  [
    'two, one of them as evaluated',
    'champion.unchanged',
    'failed TWO_CHAMPIONS',
    (s) => void (s.moment.holders.production = ['6', '7']),
  ],
  [
    'no evidence is for evidence.age to refuse',
    'champion.unchanged',
    'skipped',
    (s) => void (s.evidence = undefined),
  ],
  [
    'no evidence, two champions',
    'champion.unchanged',
    'failed TWO_CHAMPIONS',
    (s) => {
      s.evidence = undefined
      s.moment.holders.production = ['1', '2']
    },
  ],
  [
    'on the way to staging too',
    'champion.unchanged',
    'failed CHAMPION_CHANGED',
    (s) => {
      s.moment.place = 'staging'
      s.moment.holders.production = ['5']
    },
  ],

  ['there is a champion', 'champion.first-release', 'none', () => undefined],
  ['none yet', 'champion.first-release', 'passed', (s) => void (s.moment.holders.production = [])],
  [
    'none yet, and it is not allowed',
    'champion.first-release',
    'failed FIRST_RELEASE_NOT_ALLOWED',
    (s) => {
      s.moment.holders.production = []
      s.policy.firstRelease.allow = false
    },
  ],
  [
    'staging is no release',
    'champion.first-release',
    'none',
    (s) => {
      s.moment.holders.production = []
      s.moment.place = 'staging'
    },
  ],
]

it.each(rows)('%s (%s): %s', (_about, check, answer, change) => {
  expect(answerOf(check, change)).toBe(answer)
})

it('says what the registry says', () => {
  const found = resultOf('candidate.ready', (s) => {
    if (s.moment.candidate)
      Object.assign(s.moment.candidate, { status: 'FAILED_REGISTRATION', statusMessage: 'no files' })
  })
  expect(found).toMatchObject({ found: 'FAILED_REGISTRATION', wanted: 'READY' })
  expect(found.why).toContain('FAILED_REGISTRATION: no files')
})
