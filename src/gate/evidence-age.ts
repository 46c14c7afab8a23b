import type { Evidence } from '../plan/state-evidence.ts'
import {
  judged,
  noEvidence,
  notEvaluated,
  refused,
  type Asked,
  type Facts,
  type GateCheck,
  type Refusal,
} from './check.ts'
import { ageOf, showHours } from './time.ts'

type Code =
  | 'NO_EVIDENCE'
  | 'NOT_EVALUATED'
  | 'OTHER_MODEL'
  | 'OTHER_VERSION'
  | 'UNREADABLE_TIME'
  | 'FROM_THE_FUTURE'
  | 'EVIDENCE_TOO_OLD'

const again = 'evaluate again: `brickrail evaluate`'

const otherSubject = ({ model }: Evidence, { policy, moment }: Asked): Refusal<Code> | undefined => {
  const { key, name, registry } = policy
  if (model.key !== key || model.name !== name || model.registry !== registry.kind)
    return { code: 'OTHER_MODEL', why: `it is of ${model.name} in ${model.registry}; ${again}` }
  if (moment.candidate && model.version !== moment.candidate.version)
    return { code: 'OTHER_VERSION', why: `it is of version ${model.version}; ${again}` }
  // A model that was deleted and made anew counts its versions from 1 again.
  const run = moment.candidate?.runId
  return run !== undefined && model.runId !== undefined && run !== model.runId
    ? { code: 'OTHER_VERSION', why: `it is of run ${model.runId}, and this is of run ${run}; ${again}` }
    : undefined
}

/** When the numbers were measured, or, where nothing is measured, when the evidence was made. */
const madeAt = ({ evaluation, at }: Evidence): string => evaluation?.at ?? at

const tooOld = (evidence: Evidence, { policy, moment }: Asked): Refusal<Code> | undefined => {
  if (policy.evaluation && !evidence.evaluation) return notEvaluated
  const age = ageOf(madeAt(evidence), moment.now)
  if (age === 'unreadable')
    return { code: 'UNREADABLE_TIME', why: `«${madeAt(evidence)}» is no time; ${again}` }
  if (age === 'future')
    return {
      code: 'FROM_THE_FUTURE',
      why: `it is of ${madeAt(evidence)}, and now is ${moment.now}; see to the clocks`,
    }
  const most = policy.evaluation?.maxAgeHours
  return most === undefined || age.hours <= most
    ? undefined
    : { code: 'EVIDENCE_TOO_OLD', why: `numbers older than ${showHours(most)} do not count; ${again}` }
}

const factsOf = ({ policy, evidence, moment }: Asked): Facts => {
  const age = evidence ? ageOf(madeAt(evidence), moment.now) : 'unreadable'
  const most = policy.evaluation?.maxAgeHours
  return {
    check: 'evidence.age',
    found: typeof age === 'string' ? (evidence ? madeAt(evidence) : 'none') : `${showHours(age.hours)} old`,
    wanted: most === undefined ? 'evidence of this version' : `<= ${showHours(most)}`,
  }
}

/** There is evidence, of this very version, and it is not too old. */
export const evidenceAge: GateCheck<Code> = {
  name: 'evidence.age',
  codes: [
    'NO_EVIDENCE',
    'OTHER_MODEL',
    'OTHER_VERSION',
    'NOT_EVALUATED',
    'UNREADABLE_TIME',
    'FROM_THE_FUTURE',
    'EVIDENCE_TOO_OLD',
  ],
  ask: (asked) => {
    const { evidence } = asked
    const facts = factsOf(asked)
    if (!evidence) return [refused(facts, noEvidence)]
    return [judged(facts, otherSubject(evidence, asked) ?? tooOld(evidence, asked))]
  },
}
