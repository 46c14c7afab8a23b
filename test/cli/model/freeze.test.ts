import { describe, expect, it } from 'vitest'
import { frozenUntil } from '../../../src/cli/model/freeze.ts'
import type { Moment } from '../../../src/plan/state-evidence.ts'
import type { FreezeWindow } from '../../../src/plan/state-policy.ts'

const window = (cron: string, hours: number, exceptRollback = false): FreezeWindow => ({
  cron,
  hours,
  exceptRollback,
})

/** 2026-11-20 is a Friday. */
const weekend = window('0 0 * * 5', 72)
const nights = window('0 18 * * *', 14)
const holidays = window('0 0 24 12 *', 24 * 8)

/** When, the windows, until when. */
const table: [at: string, windows: FreezeWindow[], until: string | undefined][] = [
  ['2026-11-19T23:59:59.999Z', [weekend], undefined],
  ['2026-11-20T00:00:00Z', [weekend], '2026-11-23T00:00:00.000Z'],
  ['2026-11-21T12:00:00Z', [weekend], '2026-11-23T00:00:00.000Z'],
  ['2026-11-22T23:59:59.999Z', [weekend], '2026-11-23T00:00:00.000Z'],
  ['2026-11-23T00:00:00Z', [weekend], undefined],
  ['2026-11-25T12:00:00Z', [weekend], undefined],
  // Over midnight, and in UTC whatever the zone of the machine.
  ['2026-11-25T03:00:00Z', [nights], '2026-11-25T08:00:00.000Z'],
  ['2026-11-25T08:00:00Z', [nights], undefined],
  ['2026-11-25T17:59:00Z', [nights], undefined],
  ['2026-11-25T18:00:00Z', [nights], '2026-11-26T08:00:00.000Z'],
  // Over the end of a year.
  ['2026-12-31T23:00:00Z', [holidays], '2027-01-01T00:00:00.000Z'],
  ['2027-01-01T00:00:00Z', [holidays], undefined],
  // A 29th of February comes every fourth year.
  ['2028-02-29T05:00:00Z', [window('0 0 29 2 *', 6)], '2028-02-29T06:00:00.000Z'],
  // One that begins again before it ends: the latest begin counts.
  ['2026-11-21T12:30:00Z', [window('0 * * * *', 3)], '2026-11-21T15:00:00.000Z'],
  // Of several the one that ends last.
  ['2026-11-21T03:00:00Z', [nights, weekend], '2026-11-23T00:00:00.000Z'],
  ['2026-11-23T03:00:00Z', [nights, weekend], '2026-11-23T08:00:00.000Z'],
  // Half an hour.
  ['2026-11-21T12:29:00Z', [window('0 12 * * *', 0.5)], '2026-11-21T12:30:00.000Z'],
  ['2026-11-21T12:30:00Z', [window('0 12 * * *', 0.5)], undefined],
  ['2026-11-21T12:00:00Z', [], undefined],
]

describe('freeze windows', () => {
  it.each(table)('%s', (at, windows, until) => {
    expect(frozenUntil(windows, 'promote', Date.parse(at))?.until).toBe(until)
    expect(frozenUntil(windows, 'rollback', Date.parse(at))?.until).toBe(until)
  })

  it('names the window', () => {
    expect(frozenUntil([weekend], 'promote', Date.parse('2026-11-21T12:00:00Z'))?.window).toBe(
      '0 0 * * 5 for 72 h',
    )
  })

  const actions: [Moment['action'], boolean][] = [
    ['promote', true],
    ['evaluate', true],
    ['rollback', false],
  ]
  it.each(actions)('that except a rollback: %s', (action, open) => {
    const found = frozenUntil([window('0 0 * * 5', 72, true)], action, Date.parse('2026-11-21T12:00:00Z'))
    expect(found !== undefined).toBe(open)
  })

  it('goes on with the others at a rollback', () => {
    const now = Date.parse('2026-11-21T03:00:00Z')
    const both = [window('0 0 * * 5', 72, true), nights]
    expect(frozenUntil(both, 'rollback', now)?.until).toBe('2026-11-21T08:00:00.000Z')
  })
})
