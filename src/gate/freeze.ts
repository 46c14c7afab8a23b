import { judged, mayStillCome, passed, refused, type GateCheck } from './check.ts'

/** Times in which nothing is promoted. Which window is open is for the caller to say: a cron expression takes a clock and a calendar. */
export const freeze: GateCheck<'FROZEN'> = {
  name: 'freeze',
  codes: ['FROZEN'],
  rollback: true,
  ask: (asked) => {
    const { policy, moment } = asked
    const windows = policy.freeze.filter((one) => moment.action !== 'rollback' || !one.exceptRollback)
    if (windows.length === 0) return []
    const { frozenUntil } = moment
    const facts = { check: 'freeze', found: frozenUntil?.window ?? 'no window is open', wanted: 'no freeze' }
    if (!frozenUntil) return [passed(facts)]
    const refusal = { code: 'FROZEN', why: `promotions rest until ${frozenUntil.until}` } as const
    return [mayStillCome(asked) ? refused(facts, refusal, true) : judged(facts, refusal)]
  },
}
