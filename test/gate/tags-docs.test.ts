import { expect, it } from 'vitest'
import type { ModelPolicy } from '../../src/plan/state-policy.ts'
import { answerOf, ev, resultOf, type Change, type Row } from './sample.ts'

type Card = NonNullable<NonNullable<ModelPolicy['checks']['docs']>['modelCard']>

const card =
  (part: Partial<Card>): Change =>
  (s) => {
    s.policy.checks.docs = { description: true, modelCard: { file: 'card.md', sections: [], ...part } }
  }

const rows: Row[] = [
  ['any value', 'tags.owner', 'passed', (s) => void (ev(s).tags['owner'] = 'x')],
  ['none', 'tags.owner', 'failed MISSING_TAG', (s) => void (ev(s).tags = {})],
  ['empty', 'tags.owner', 'failed MISSING_TAG', (s) => void (ev(s).tags['owner'] = '')],
  [
    'a name that every object has',
    'tags.toString',
    'failed MISSING_TAG',
    (s) => void (s.policy.checks.tags = { require: { toString: null } }),
  ],
  ['the value', 'tags.risk', 'passed', () => undefined],
  ['in other letters', 'tags.risk', 'failed OTHER_TAG', (s) => void (ev(s).tags['risk'] = 'Low')],
  [
    'what the version has now does not count',
    'tags.owner',
    'failed MISSING_TAG',
    (s) => {
      ev(s).tags = {}
      if (s.moment.candidate) s.moment.candidate.tags = { owner: 'ada' }
    },
  ],
  ['not asked', 'tags.team', 'none', () => undefined],

  ['a description', 'docs.description', 'passed', () => undefined],
  ['of spaces', 'docs.description', 'failed NO_DESCRIPTION', (s) => void (ev(s).description = ' \n')],
  ['none', 'docs.description', 'failed NO_DESCRIPTION', (s) => delete ev(s).description],
  [
    'not asked',
    'docs.description',
    'none',
    (s) => s.policy.checks.docs && (s.policy.checks.docs.description = false),
  ],

  ['a file is all that is asked', 'docs.model-card', 'passed', card({ found: [] })],
  ['no file', 'docs.model-card', 'failed NO_MODEL_CARD', card({})],
  [
    'sections in any letters and order',
    'docs.model-card',
    'passed',
    card({ sections: ['Data', 'purpose'], found: ['PURPOSE ', 'data', 'x'] }),
  ],
  [
    'a part of a heading is another',
    'docs.model-card',
    'failed MISSING_SECTIONS',
    card({ sections: ['data'], found: ['data sources'] }),
  ],
  ['not asked', 'docs.model-card', 'none', (s) => delete s.policy.checks.docs],
]

it.each(rows)('%s (%s): %s', (_about, check, answer, change) => {
  expect(answerOf(check, change)).toBe(answer)
})

it('names the sections that are missing', () => {
  const found = resultOf('docs.model-card', card({ sections: ['data', 'limits', 'owner'], found: ['Data'] }))
  expect(found).toMatchObject({
    found: '1 of 3 sections',
    why: 'card.md lacks limits, owner: a heading each',
  })
})
