import { describe, expect, it } from 'vitest'
import { sameUser, whyNot } from '../../src/gate/approval-counts.ts'
import type { Approval } from '../../src/plan/state-evidence.ts'
import type { ApprovalRule } from '../../src/plan/state-policy.ts'
import { answerOf, digest, ev, judgeSample, resultOf, sampleOf, type Change } from './sample.ts'

const of = (part: Partial<Approval> = {}): Approval => ({
  user: 'ada@x.example',
  source: 'transition_request',
  evidence: digest,
  version: '7',
  place: 'production',
  at: '2026-11-21T11:00:00Z',
  ...part,
})

const plain: ApprovalRule = { required: 1, from: [], distinctFrom: [], sources: ['transition_request'] }

const given =
  (rule: Partial<ApprovalRule>, approvals: Partial<Approval>[], more: Change = () => undefined): Change =>
  (s) => {
    s.policy.approvals = { production: { ...plain, ...rule } }
    s.moment.approvals = approvals.map(of)
    more(s)
  }

const missing = 'waiting APPROVAL_MISSING'

type Case = [
  about: string,
  rule: Partial<ApprovalRule>,
  approvals: Partial<Approval>[],
  answer: string,
  why?: string,
]

const both: ApprovalRule['distinctFrom'] = ['training_run_user', 'committer']
const leads = { from: ['group:ml-leads'] }

const cases: Case[] = [
  ['one', {}, [{}], 'passed'],
  ['none', {}, [], missing, '1 approval(s) missing'],
  ['none is asked for', { required: 0 }, [], 'none'],
  ['NaN is asked for', { required: Number.NaN }, [{}], missing],
  ['two of two', { required: 2 }, [{}, { user: 'bo' }], 'passed'],
  ['one of two', { required: 2 }, [{}], missing, '1 approval(s) missing'],
  ['one person twice', { required: 2 }, [{}, { at: '2026-11-21T10:00:00Z' }], missing],
  ['one person twice, in other letters', { required: 2 }, [{}, { user: 'ADA@x.example' }], missing],
  [
    'one person in two ways',
    { required: 2, sources: ['transition_request', 'signed_file'] },
    [{}, { source: 'signed_file' }],
    missing,
  ],

  ['other evidence', {}, [{ evidence: `${digest.slice(0, 63)}3` }], missing, 'of other evidence'],
  ['half the digest', {}, [{ evidence: digest.slice(0, 12) }], missing, 'of other evidence'],
  ['no digest', {}, [{ evidence: '' }], missing, 'of other evidence'],
  [
    'another version',
    {},
    [{ version: '6' }],
    missing,
    'the approval of ada@x.example is for version 6 to production',
  ],
  ['another place', {}, [{ place: 'staging' }], missing, 'for version 7 to staging'],

  ['in time', { validHours: 1 }, [{}], 'passed'],
  ['too late', { validHours: 0.99 }, [{}], missing, 'is 1 h old'],
  ['of no time', {}, [{ at: '' }], missing, 'is of no readable time'],
  ['still to come', {}, [{ at: '2026-11-22T00:00:00Z' }], missing, 'still to come'],
  ['hours of NaN', { validHours: Number.NaN }, [{}], missing],

  [
    'a source that is not allowed',
    { sources: ['signed_file'] },
    [{}],
    missing,
    'transition_request is no source',
  ],
  ['no source is allowed', { sources: [] }, [{}], missing, 'no source that the policy allows'],
  ['nobody', {}, [{ user: ' ' }], missing, 'does not say who approved'],

  ['of the group', leads, [{ groups: ['users', 'ml-leads'] }], 'passed'],
  [
    'of another group',
    leads,
    [{ groups: ['ml-leads-guests'] }],
    missing,
    'ada@x.example is not among group:ml-leads',
  ],
  ['of groups that nobody knows', leads, [{}], missing, 'not among'],
  ['a user called like the group', leads, [{ user: 'group:ml-leads' }], missing, 'not among'],
  ['named', { from: ['Ada@x.example'] }, [{}], 'passed'],
  ['named with a display name', { from: ['Ada <ada@x.example>'] }, [{}], 'passed'],
  [
    'a display name is no account',
    { from: ['Ada <ada@x.example>'] },
    [{ user: 'Ada' }],
    missing,
    'not among',
  ],
  ['not named', { from: ['bo@x.example'] }, [{}], missing, 'not among bo@x.example'],
  [
    'one who may, one who may not',
    { ...leads, required: 2 },
    [{ groups: ['ml-leads'] }, { user: 'bo' }],
    missing,
    'bo is not among',
  ],

  [
    'the trainer',
    { distinctFrom: both },
    [{ user: 'tom@x.example' }],
    missing,
    'tom@x.example trained this model',
  ],
  [
    'the trainer, in other letters',
    { distinctFrom: both },
    [{ user: 'Tom@X.example ' }],
    missing,
    'trained this model',
  ],
  [
    'the committer, as Git writes it',
    { distinctFrom: both },
    [{ user: 'cleo@x.example' }],
    missing,
    'cleo@x.example made the commit',
  ],
  ['the committer, by name', { distinctFrom: both }, [{ user: 'Cleo' }], missing, 'made the commit'],
  [
    'the trainer, where that is no matter',
    { distinctFrom: ['committer'] },
    [{ user: 'tom@x.example' }],
    'passed',
  ],
  [
    'the trainer of the group',
    { ...leads, distinctFrom: both },
    [{ user: 'tom@x.example', groups: ['ml-leads'] }],
    missing,
    'trained this model',
  ],
  ['the trainer and another', { distinctFrom: both }, [{ user: 'tom@x.example' }, {}], 'passed'],

  [
    'a tag',
    { sources: ['unity_catalog_tag'] },
    [{ source: 'unity_catalog_tag', user: '', evidence: digest.slice(0, 12) }],
    'passed',
  ],
  [
    'a tag with the whole digest',
    { sources: ['unity_catalog_tag'] },
    [{ source: 'unity_catalog_tag' }],
    'passed',
  ],
  [
    'a tag with less',
    { sources: ['unity_catalog_tag'] },
    [{ source: 'unity_catalog_tag', evidence: digest.slice(0, 11) }],
    missing,
    'of other evidence',
  ],
  [
    'a tag of other evidence',
    { sources: ['unity_catalog_tag'] },
    [{ source: 'unity_catalog_tag', evidence: 'b'.repeat(12) }],
    missing,
    'of other evidence',
  ],
  [
    'a tag where it matters who',
    { sources: ['unity_catalog_tag'], from: ['ada@x.example'] },
    [{ source: 'unity_catalog_tag' }],
    missing,
    'does not say who set the tag',
  ],
  [
    'a tag where it matters who not',
    { sources: ['unity_catalog_tag'], distinctFrom: ['committer'] },
    [{ source: 'unity_catalog_tag' }],
    missing,
    'does not say who set the tag',
  ],
  [
    'two tags are one voice',
    { sources: ['unity_catalog_tag'], required: 2 },
    [
      { source: 'unity_catalog_tag', user: 'a' },
      { source: 'unity_catalog_tag', user: 'b' },
    ],
    missing,
  ],
]

describe('approvals', () => {
  it.each(cases)('%s', (_about, rule, approvals, answer, why) => {
    const change = given(rule, approvals)
    expect(answerOf('approvals', change)).toBe(answer)
    const found = judgeSample(change).checks.find(({ check }) => check === 'approvals')
    expect(found?.why ?? '').toContain(why ?? '')
  })

  const unknown: [string, ApprovalRule['distinctFrom'], Change, string][] = [
    ['trainer', ['training_run_user'], (s) => delete ev(s).trainer, 'failed UNKNOWN_TRAINER'],
    ['trainer of spaces', ['training_run_user'], (s) => void (ev(s).trainer = ' '), 'failed UNKNOWN_TRAINER'],
    ['committer', ['committer'], (s) => delete ev(s).committer, 'failed UNKNOWN_COMMITTER'],
    ['trainer, whom nobody asks for', ['committer'], (s) => delete ev(s).trainer, 'passed'],
    ['evidence', [], (s) => void (s.evidence = undefined), 'failed NO_EVIDENCE'],
    [
      'digest',
      [],
      (s) => {
        s.moment.evidence = ''
        s.moment.approvals = [of({ evidence: '' })]
      },
      'failed NO_EVIDENCE',
    ],
    ['version', [], (s) => void (s.moment.candidate = undefined), missing],
  ]
  it.each(unknown)('an unknown %s', (_about, distinctFrom, change, answer) => {
    expect(answerOf('approvals', given({ distinctFrom }, [{}], change))).toBe(answer)
  })

  const first: [string, boolean, Partial<ApprovalRule> | undefined, Partial<Approval>[], string][] = [
    ['asks for one where the place asks for none', true, undefined, [], missing],
    ['takes that of anybody then', true, undefined, [{ source: 'ci_environment' }], 'passed'],
    ['asks for one where the place asks for 0', true, { required: 0 }, [], missing],
    ['in the way that the place asks for', true, { required: 0, sources: ['signed_file'] }, [{}], missing],
    ['asks for no more than the place does', true, { required: 2 }, [{}, { user: 'bo' }], 'passed'],
    ['asks for none where that is not required', false, undefined, [], 'none'],
  ]
  it.each(first)('a first release %s', (_about, requiresApproval, rule, approvals, answer) => {
    const found = answerOf('approvals', (s) => {
      given({}, approvals)(s)
      s.policy.approvals = rule ? { production: { ...plain, ...rule } } : {}
      s.policy.firstRelease.requiresApproval = requiresApproval
      s.moment.holders.production = []
    })
    expect(found).toBe(answer)
  })

  it('of another place ask for nothing here', () => {
    expect(
      answerOf('approvals', (s) => {
        s.moment.place = 'staging'
        s.moment.approvals = []
        s.moment.holders.production = []
      }),
    ).toBe('none')
  })

  it('of no evidence count for none', () => {
    const asked = sampleOf(given({}, [{ evidence: '' }], (s) => void (s.moment.evidence = '')))
    expect(whyNot(of({ evidence: '' }), plain, asked)).toContain('of other evidence')
    expect(whyNot(of(), plain, sampleOf())).toBeUndefined()
  })

  it('are shown by name', () => {
    expect(resultOf('approvals')).toMatchObject({
      found: '1: ada@x.example',
      wanted: '1 of group:ml-leads, eve@x.example, not trainer or committer',
    })
  })
})

it.each([
  ['Ada <ada@x>', 'ada@x', true],
  ['Ada <ada@x>', 'ADA', true],
  ['Ada <ada@x>', 'Bo <ada@x>', true],
  ['ada@x', 'ada@y', false],
  ['', '', false],
  ['<>', '<>', true],
  [' ', '', false],
])('«%s» and «%s» are one: %s', (a, b, same) => {
  expect(sameUser(a, b)).toBe(same)
})
