import type { MeasuredRule } from '../plan/state-evidence.ts'
import { judged, noEvidence, notEvaluated, type Asked, type GateCheck, type Refusal } from './check.ts'
import { isCount } from './numbers.ts'
import { ageOf, showHours } from './time.ts'

type RowsCode =
  | 'NO_EVIDENCE'
  | 'NOT_EVALUATED'
  | 'OTHER_DATASET'
  | 'OTHER_RULE'
  | 'UNREADABLE_ROWS'
  | 'EMPTY_DATASET'
  | 'TOO_FEW_ROWS'

const ruleKeys = ['label', 'task', 'features', 'time'] as const

/** Keys of `evaluation` that were others when it was measured; the order of features is the order of inputs. */
const changedKeys = (then: MeasuredRule, now: MeasuredRule): string[] =>
  ruleKeys.filter((key) => JSON.stringify(then[key]) !== JSON.stringify(now[key]))

const ruleRefusal = ({ policy, evidence }: Asked): Refusal<'OTHER_RULE'> | undefined => {
  const [then, now] = [evidence?.evaluation?.rule, policy.evaluation]
  if (!then || !now)
    return {
      code: 'OTHER_RULE',
      why: 'it does not say by which label and task it was measured: evaluate again',
    }
  const changed = changedKeys(then, now).map((key) => `evaluation.${key}`)
  return changed.length === 0
    ? undefined
    : { code: 'OTHER_RULE', why: `the policy has another ${changed.join(', ')} by now: evaluate again` }
}

const rowsRefusal = (asked: Asked): Refusal<RowsCode> | undefined => {
  const { policy, evidence } = asked
  if (!evidence) return noEvidence
  if (!evidence.evaluation) return notEvaluated
  const { path, rows } = evidence.evaluation.dataset
  const { dataset = '', minRows = 1 } = policy.evaluation ?? {}
  if (path !== dataset) return { code: 'OTHER_DATASET', why: `it was measured on ${path}: evaluate again` }
  const otherRule = ruleRefusal(asked)
  if (otherRule) return otherRule
  if (!isCount(rows))
    return { code: 'UNREADABLE_ROWS', why: 'the number of rows is not readable: evaluate again' }
  if (rows === 0) return { code: 'EMPTY_DATASET', why: 'there is no row to measure on' }
  return rows >= minRows ? undefined : { code: 'TOO_FEW_ROWS', why: `${minRows} rows are needed` }
}

export const dataRows: GateCheck<RowsCode> = {
  name: 'data.rows',
  codes: [
    'NO_EVIDENCE',
    'NOT_EVALUATED',
    'OTHER_DATASET',
    'OTHER_RULE',
    'UNREADABLE_ROWS',
    'EMPTY_DATASET',
    'TOO_FEW_ROWS',
  ],
  ask: (asked) => {
    const rule = asked.policy.evaluation
    if (!rule) return []
    const rows = asked.evidence?.evaluation?.dataset.rows
    const facts = {
      check: 'data.rows',
      found: rows === undefined ? 'none' : `${rows} rows`,
      wanted: `>= ${rule.minRows} rows of ${rule.dataset}`,
    }
    return [judged(facts, rowsRefusal(asked))]
  },
}

type AgeCode =
  | 'NO_EVIDENCE'
  | 'NOT_EVALUATED'
  | 'NO_DATA_TIME'
  | 'UNREADABLE_TIME'
  | 'FROM_THE_FUTURE'
  | 'DATA_TOO_OLD'

/** A day: times of data are often days of some zone. More is a wrong unit or column, which would never be old. */
const ahead = 24

const ageRefusal = ({ evidence, moment }: Asked, most: number): Refusal<AgeCode> | undefined => {
  if (!evidence) return noEvidence
  if (!evidence.evaluation) return notEvaluated
  const { newest } = evidence.evaluation.dataset
  if (newest === undefined)
    return {
      code: 'NO_DATA_TIME',
      why: 'the time of the newest row is not known: name its column, evaluation.time',
    }
  const age = ageOf(newest, moment.now, ahead)
  if (age === 'unreadable') return { code: 'UNREADABLE_TIME', why: `«${newest}» is no time` }
  if (age === 'future')
    return {
      code: 'FROM_THE_FUTURE',
      why: `the newest row is of ${newest}; see to the column of evaluation.time`,
    }
  return age.hours <= most
    ? undefined
    : {
        code: 'DATA_TOO_OLD',
        why: `the newest row may be ${showHours(most)} old: get newer data, train again`,
      }
}

export const dataAge: GateCheck<AgeCode> = {
  name: 'data.age',
  codes: [
    'NO_EVIDENCE',
    'NOT_EVALUATED',
    'NO_DATA_TIME',
    'UNREADABLE_TIME',
    'FROM_THE_FUTURE',
    'DATA_TOO_OLD',
  ],
  ask: (asked) => {
    const most = asked.policy.checks.data?.maxAgeHours
    if (most === undefined) return []
    const found = asked.evidence?.evaluation?.dataset.newest ?? 'unknown'
    return [
      judged({ check: 'data.age', found, wanted: `<= ${showHours(most)} old` }, ageRefusal(asked, most)),
    ]
  },
}
