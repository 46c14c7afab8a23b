import { judged, mayStillCome, passed, refused, type Asked, type GateCheck, type Refusal } from './check.ts'

type Code = 'NOT_IN_PATH' | 'STAGING_SKIPPED' | 'ARCHIVED'

const refusal = ({ policy, moment }: Asked): Refusal<Code> | undefined => {
  const { place, candidate, passed: done } = moment
  if (!policy.path.includes(place))
    return { code: 'NOT_IN_PATH', why: `the path of this policy is ${policy.path.join(', ')}` }
  const before = policy.path.slice(0, policy.path.indexOf(place))
  // A version that somebody took out of service on purpose does not go on from there.
  if (before.length > 0 && candidate?.stage === 'Archived')
    return {
      code: 'ARCHIVED',
      why: `version ${candidate.version} is archived; promote it to ${before[0]} first`,
    }
  const skipped = before.find((one) => done[one] === undefined)
  return skipped === undefined
    ? undefined
    : {
        code: 'STAGING_SKIPPED',
        why: `this version was never promoted to ${skipped}: \`brickrail promote --to ${skipped}\` first`,
      }
}

const wanted = ({ policy, moment }: Asked): string => {
  const before = policy.path.slice(0, Math.max(0, policy.path.indexOf(moment.place)))
  return before.length === 0 ? `${moment.place} is in the path` : `promoted to ${before.join(', ')} before`
}

/** No place of the path is skipped: what the ledger says counts, not where the version is shown. */
export const pathStaging: GateCheck<Code> = {
  name: 'path.staging',
  codes: ['NOT_IN_PATH', 'STAGING_SKIPPED', 'ARCHIVED'],
  neverOff: true,
  ask: (asked) => {
    const found = Object.keys(asked.moment.passed).join(', ') || 'promoted nowhere yet'
    const facts = { check: 'path.staging', found, wanted: wanted(asked) }
    const no = refusal(asked)
    if (!no) return [passed(facts)]
    return no.code === 'STAGING_SKIPPED' && mayStillCome(asked)
      ? [refused(facts, no, true)]
      : [judged(facts, no)]
  },
}
