import { describe, expect, it } from 'vitest'
import {
  promotionData,
  promotionsTable,
  readMoment,
  whoWas,
  whoWasText,
} from '../../src/cli/model/history.ts'
import type { PromotionRecord } from '../../src/ledger/promotion.ts'
import { play, released } from './promote-stage.ts'
import { recordOf } from './promotion-record.ts'

const staging = (number: number, version: string, from: string[] = []) =>
  recordOf(number, { place: 'staging', version, from })
const production = (number: number, version: string, from: string[] = []) =>
  recordOf(number, { version, from })

/** Newest first. */
const story: PromotionRecord[] = [
  production(9, '1', ['2']),
  { ...production(8, '3', ['2']), status: 'refused' },
  production(6, '2', ['1']),
  staging(5, '2'),
  production(3, '1'),
  staging(2, '1'),
]

const on = (day: string) => Date.parse(`2026-11-${day}:00:00Z`)

describe('who was where at a moment', () => {
  const rows: [string, string, string | null, string | null][] = [
    ['before everything', '01T12', null, null],
    ['at the very moment', '02T12', null, '1'],
    ['after it left staging', '04T12', '1', null],
    ['with both', '05T13', '1', '2'],
    ['a refusal changes nothing', '08T13', '2', null],
    ['after the rollback', '20T00', '1', null],
  ]
  it.each(rows)('%s', (_name, day, champion, challenger) => {
    const who = whoWas('prices', story, on(day))
    expect([who.production.version, who.staging.version]).toEqual([champion, challenger])
  })

  it('before the first record it does not know, and says what that one found', () => {
    const records = [production(6, '2', ['1']), staging(5, '2', ['7'])]
    expect(whoWasText('prices', whoWas('prices', records, on('01T00')))).toBe(
      [
        'prices at 2026-11-01 00:00:00 UTC',
        'production: none that the ledger knows',
        'staging: none that the ledger knows',
        'before the first record (#5, 2026-11-05 12:00:00 UTC) the ledger does not know; that one found version 7 in staging',
      ].join('\n'),
    )
    expect(whoWas('prices', [], on('01T00')).notes).toEqual([
      'no promotion of prices is recorded: the ledger does not know',
    ])
  })

  it('says what was under way, and what was interrupted and not looked after', () => {
    const done = { ...production(6, '2', ['1']), startedAt: '2026-11-06T11:50:00.000Z' }
    const records = [done, production(3, '1')]
    expect(whoWas('prices', records, on('06T11') + 55 * 60_000)).toMatchObject({
      production: { version: '1' },
      notes: [expect.stringMatching(/#6 \(promote of version 2 to production\) was under way/)],
    })
    expect(whoWas('prices', records, on('06T12'))).toMatchObject({ production: { version: '2' }, notes: [] })
    const { endedAt: _, ...open } = production(8, '3', ['2'])
    const going = whoWas('prices', [{ ...open, status: 'open' }, ...records], on('09T00'))
    expect(going).toMatchObject({
      production: { version: '2' },
      notes: [expect.stringMatching(/#8 .*under way/)],
    })
    const lost: PromotionRecord = { ...production(8, '3', ['2']), status: 'interrupted' }
    const notes = [expect.stringMatching(/#8 .* was interrupted/)]
    expect(whoWas('prices', [lost, ...records], on('09T00'))).toMatchObject({ notes })
    expect(whoWas('prices', [lost, ...records], on('07T00')).notes).toEqual([])
    expect(whoWas('prices', [production(9, '4', ['2']), lost, ...records], on('10T00')).notes).toEqual([])
  })

  it('says when the next record found something else', () => {
    const records = [production(6, '4', ['9']), production(3, '1')]
    expect(whoWas('prices', records, on('04T00')).notes).toEqual([
      'record #6 found 9 in production: it was changed by hand in between',
    ])
    expect(whoWas('prices', story, on('04T00')).notes).toEqual([])
  })
})

describe('a moment', () => {
  const rows: [string, string][] = [
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T14:00', '2026-11-21T14:00:00.000Z'],
    ['2026-11-21 14:00:05', '2026-11-21T14:00:05.000Z'],
    ['2026-11-21T14:00+01:00', '2026-11-21T13:00:00.000Z'],
    ['2026-11-21T14:00:00Z', '2026-11-21T14:00:00.000Z'],
  ]
  it.each(rows)('%s', (text, iso) => {
    expect(new Date(readMoment(text)).toISOString()).toBe(iso)
  })

  it.each([
    'yesterday',
    '21.11.2026',
    '2026-13-40',
    '14:00',
    '2026-02-30',
    '2026-11-31T10:00:00Z',
    '2026-11-21T14:00+99:00',
    '2026',
  ])('%s is none', (text) => {
    expect(() => readMoment(text)).toThrow(`--at ${text} is no time`)
  })
})

it('the table tells who, when, from, to, evidence, approvers, commit and outcome', () => {
  const record = recordOf(6, {
    version: '2',
    from: ['1'],
    evidence: 'e'.repeat(64),
    approvers: [{ user: 'grace', source: 'transition_request' }],
    commit: 'd'.repeat(40),
  })
  const [, row] = promotionsTable('prices', [record]).split('\n')
  expect(row?.split(/\s{2,}/)).toEqual([
    '#6',
    'done',
    'promote to production',
    '1',
    '2',
    '2026-11-06 12:00:00',
    'ada',
    'grace',
    'eeeeeeeeeeee',
    'dddddddd',
    '-',
  ])
  expect(promotionData(record)).toMatchObject({
    from: ['1'],
    version: '2',
    actor: 'ada',
    evidence: 'e'.repeat(64),
  })
  expect(promotionsTable('prices', [])).toBe('nothing was promoted of prices yet')
})

it('history --model, and --at', async () => {
  const scene = await play()
  await released(scene)
  const at = async (time: string) => (await scene.run('history', ['--model', 'prices', '--at', time])).stdout
  expect(await at('2026-11-22')).toMatch(
    /production: version 1, since .* \(#2\)\nstaging: version 2, since .* \(#3\)/,
  )
  expect(await at('2020-01-01')).toContain('before the first record (#1')
  expect((await scene.run('history', ['--at', '2020-01-01'])).exit).toBe(2)
  expect((await scene.run('history', ['--model', 'other'])).exit).toBe(2)
})
