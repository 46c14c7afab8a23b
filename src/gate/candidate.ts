import type { Moment } from '../plan/state-evidence.ts'
import type { VersionInfo } from '../plan/state-registry.ts'
import { judged, own, type GateCheck, type Refusal } from './check.ts'

type Code = 'NO_VERSION' | 'NOT_READY' | 'REJECTED'

const ofStatus = ({ version, status, statusMessage }: VersionInfo): Refusal<Code> | undefined => {
  if (status === 'READY') return undefined
  const said = statusMessage ? `: ${statusMessage}` : ''
  return { code: 'NOT_READY', why: `version ${version} is ${status}${said}; register the model again` }
}

/** What `brickrail reject` leaves; an evaluation writes its own verdict over it. */
const isRejected = ({ tags }: VersionInfo): boolean => own(tags, 'brickrail_verdict') === 'rejected'

const refusal = ({ candidate, action }: Moment): Refusal<Code> | undefined => {
  if (!candidate) return { code: 'NO_VERSION', why: 'the registry has no such version' }
  const notReady = ofStatus(candidate)
  if (notReady || action === 'rollback' || !isRejected(candidate)) return notReady
  return {
    code: 'REJECTED',
    found: 'rejected',
    why: 'somebody has said no; evaluate it anew, or take another',
  }
}

/** Only a version that is READY has all its files. https://mlflow.org/docs/latest/rest-api.html#modelversionstatus */
export const candidateReady: GateCheck<Code> = {
  name: 'candidate.ready',
  codes: ['NO_VERSION', 'NOT_READY', 'REJECTED'],
  neverOff: true,
  rollback: true,
  ask: ({ moment }) => {
    const found = moment.candidate?.status ?? 'no version'
    return [judged({ check: 'candidate.ready', found, wanted: 'READY' }, refusal(moment))]
  },
}
