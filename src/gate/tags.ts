import type { CheckResult, Evidence } from '../plan/state-evidence.ts'
import { judged, noEvidence, own, type GateCheck, type Refusal } from './check.ts'

type Code = 'NO_EVIDENCE' | 'MISSING_TAG' | 'OTHER_TAG'

const judgeTag = (key: string, value: string | null, evidence: Evidence | undefined): CheckResult => {
  const found = evidence && own(evidence.tags, key)
  const facts = { check: `tags.${key}`, found: found ?? 'none', wanted: value ?? 'any value' }
  const refusal = (): Refusal<Code> | undefined => {
    if (!evidence) return noEvidence
    if (found === undefined || found.trim() === '')
      return { code: 'MISSING_TAG', why: `set the tag ${key} of the version, and evaluate again` }
    return value === null || found === value
      ? undefined
      : { code: 'OTHER_TAG', why: `the tag ${key} of the version has another value` }
  }
  return judged(facts, refusal())
}

/** Tags of the version, as they were when it was evaluated. */
export const tagsRequired: GateCheck<Code> = {
  name: 'tags.<key>',
  codes: ['NO_EVIDENCE', 'MISSING_TAG', 'OTHER_TAG'],
  ask: ({ policy, evidence }) =>
    Object.entries(policy.checks.tags?.require ?? {}).map(([key, value]) => judgeTag(key, value, evidence)),
}
