import type { ApprovalRule } from '../plan/state-policy.ts'
import { distinctUsers, whyNot } from './approval-counts.ts'
import { isFirstRelease } from './champion.ts'
import { judged, noEvidence, passed, refused, type Asked, type GateCheck, type Refusal } from './check.ts'

type Code = 'NO_EVIDENCE' | 'UNKNOWN_TRAINER' | 'UNKNOWN_COMMITTER' | 'APPROVAL_MISSING'

/** For a first release where the place asks for none: by anybody, in any way. */
const anybody: ApprovalRule = {
  required: 0,
  from: [],
  distinctFrom: [],
  sources: ['ci_environment', 'transition_request', 'unity_catalog_tag', 'signed_file'],
}

/** What is asked of approvals here and now; of a first release at least one. */
export const approvalRule = (asked: Asked): ApprovalRule => {
  const { policy, moment } = asked
  const rule = policy.approvals[moment.place] ?? anybody
  const first = isFirstRelease(asked) && policy.firstRelease.requiresApproval ? 1 : 0
  return { ...rule, required: Math.max(rule.required, first) }
}

/** Whom an approver must not be is known, and that there is something to approve. */
const groundless = ({ evidence, moment }: Asked, rule: ApprovalRule): Refusal<Code> | undefined => {
  if (!evidence || moment.evidence === '') return noEvidence
  const unknown = (user: string | undefined): boolean => (user ?? '').trim() === ''
  if (rule.distinctFrom.includes('training_run_user') && unknown(evidence.trainer))
    return {
      code: 'UNKNOWN_TRAINER',
      why: 'nobody knows who trained this model, and its approver must be another',
    }
  if (rule.distinctFrom.includes('committer') && unknown(evidence.committer))
    return {
      code: 'UNKNOWN_COMMITTER',
      why: 'nobody knows who made the commit, and the approver must be another',
    }
  return undefined
}

const wantedOf = ({ required, from, distinctFrom }: ApprovalRule): string => {
  const who = from.length > 0 ? ` of ${from.join(', ')}` : ''
  const not = distinctFrom.map((one) => (one === 'committer' ? 'committer' : 'trainer')).join(' or ')
  return `${required}${who}${not === '' ? '' : `, not ${not}`}`
}

/** Enough people have approved this version, for this place, on this evidence. */
export const approvals: GateCheck<Code> = {
  name: 'approvals',
  codes: ['NO_EVIDENCE', 'UNKNOWN_TRAINER', 'UNKNOWN_COMMITTER', 'APPROVAL_MISSING'],
  neverOff: true,
  ask: (asked) => {
    const rule = approvalRule(asked)
    if (rule.required <= 0) return []
    const reasons = asked.moment.approvals.map((one) => whyNot(one, rule, asked))
    const users = distinctUsers(asked.moment.approvals.filter((_, index) => reasons[index] === undefined))
    const facts = {
      check: 'approvals',
      found: users.length === 0 ? 'none' : `${users.length}: ${users.join(', ')}`,
      wanted: wantedOf(rule),
    }
    const ground = groundless(asked, rule)
    if (ground) return [judged(facts, ground)]
    if (users.length >= rule.required) return [passed(facts)]
    const missing = `${rule.required - users.length} approval(s) missing`
    const not = [...new Set(reasons.flatMap((reason) => reason ?? []))]
      .map((reason) => `; ${reason}`)
      .join('')
    return [refused<Code>(facts, { code: 'APPROVAL_MISSING', why: `${missing}${not}` }, true)]
  },
}
