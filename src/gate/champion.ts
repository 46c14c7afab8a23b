import { judged, passed, skipped, type Asked, type GateCheck, type Refusal } from './check.ts'

const named = (versions: readonly string[]): string =>
  versions.length === 0 ? 'none' : `version ${versions.join(', ')}`

type ChangedCode = 'CHAMPION_CHANGED' | 'CHAMPION_VANISHED' | 'CHAMPION_APPEARED' | 'TWO_CHAMPIONS'

const changed = (was: string | undefined, is: readonly string[]): Refusal<ChangedCode> | undefined => {
  const again = 'evaluate again, against what is there now'
  if (is.length > 1)
    return {
      code: 'TWO_CHAMPIONS',
      why: `versions ${is.join(' and ')} are both in production; leave one there`,
    }
  if (is[0] === was) return undefined
  if (was === undefined) return { code: 'CHAMPION_APPEARED', why: `there was none before; ${again}` }
  return is.length === 0
    ? { code: 'CHAMPION_VANISHED', why: `version ${was} is no longer in production; ${again}` }
    : { code: 'CHAMPION_CHANGED', why: `the evidence compares with version ${was}; ${again}` }
}

/** What production holds is what the evidence compares with. */
export const championUnchanged: GateCheck<ChangedCode> = {
  name: 'champion.unchanged',
  codes: ['CHAMPION_CHANGED', 'CHAMPION_VANISHED', 'CHAMPION_APPEARED', 'TWO_CHAMPIONS'],
  neverOff: true,
  ask: ({ evidence, moment }) => {
    const is = moment.holders.production
    const facts = { check: 'champion.unchanged', found: named(is), wanted: 'as evaluated' }
    // Whether there has to be evidence is for evidence.age to say, which may be off.
    if (!evidence && is.length < 2)
      return [skipped(facts, 'there is no evidence that compares with a champion')]
    const was = evidence?.champion?.version
    return [judged({ ...facts, wanted: named(was === undefined ? [] : [was]) }, changed(was, is))]
  },
}

type FirstCode = 'FIRST_RELEASE_NOT_ALLOWED'

/** Nothing is in production, and this would be the first. */
export const isFirstRelease = ({ moment }: Asked): boolean =>
  moment.place === 'production' && moment.holders.production.length === 0

export const championFirstRelease: GateCheck<FirstCode> = {
  name: 'champion.first-release',
  codes: ['FIRST_RELEASE_NOT_ALLOWED'],
  neverOff: true,
  ask: (asked) => {
    if (!isFirstRelease(asked)) return []
    const { allow } = asked.policy.firstRelease
    const facts = {
      check: 'champion.first-release',
      found: 'no champion yet',
      wanted: allow ? 'first releases are allowed' : 'a champion',
    }
    if (allow) return [passed(facts)]
    const why = 'the policy does not allow a first release: set on_first_release.allow'
    return [judged(facts, { code: 'FIRST_RELEASE_NOT_ALLOWED', why })]
  },
}
