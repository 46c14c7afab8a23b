import type { CheckResult, CheckStatus, Verdict } from '../plan/state-evidence.ts'
import type { VerdictNews } from './events.ts'
import type { Redact } from './redact.ts'
import type { TestCase, TestStatus, TestSuite } from './tests.ts'

const redactCheck = (one: CheckResult, redact: Redact): CheckResult => ({
  ...one,
  check: redact(one.check),
  found: redact(one.found),
  wanted: redact(one.wanted),
  ...(one.why === undefined ? {} : { why: redact(one.why) }),
})

/** Without secrets: found and wanted are words of servers, people and files. */
export const redactVerdict = <N extends VerdictNews>(news: N, redact: Redact): N => ({
  ...news,
  title: redact(news.title),
  model: redact(news.model),
  verdict: {
    ...news.verdict,
    ...(news.verdict.why === undefined ? {} : { why: redact(news.verdict.why) }),
    checks: news.verdict.checks.map((one) => redactCheck(one, redact)),
  },
})

const checksOf = (n: number): string => (n === 1 ? '1 check' : `${n} checks`)

const numberOf = ({ checks }: Verdict, status: CheckStatus): number =>
  checks.filter((one) => one.status === status).length

/** `refused`, or, where the mode lets it through in spite of failed checks, that it does. */
export const verdictWord = ({ verdict, allows }: Verdict): string => {
  if (verdict === 'waiting') return 'waiting'
  if (verdict === 'failed') return allows ? 'passed with warnings' : 'refused'
  return allows ? 'passed' : 'passed, not promoted'
}

/** `stock-price version 7 to staging: refused, 2 of 14 checks failed`. */
export const verdictLine = ({ title, verdict }: VerdictNews): string => {
  const [failed, waiting] = [numberOf(verdict, 'failed'), numberOf(verdict, 'waiting')]
  const of = checksOf(verdict.checks.length)
  const parts = [
    ...(failed > 0 ? [`${failed} of ${of} failed`] : []),
    ...(waiting > 0 ? [failed > 0 ? `${waiting} waiting` : `${waiting} of ${of} waiting`] : []),
  ]
  return `${title}: ${verdictWord(verdict)}, ${parts.length > 0 ? parts.join(', ') : of}`
}

/** Judged again (under a lock, with newer results), the same question has one answer: the last. */
export const latestVerdicts = (all: readonly VerdictNews[]): VerdictNews[] => [
  ...new Map(all.map((one) => [JSON.stringify([one.model, one.version, one.place]), one])).values(),
]

/** A verdict in the JSON document of a command. */
export interface VerdictData extends Omit<VerdictNews, 'verdict'>, Verdict {}

export const verdictData = ({
  title,
  model,
  version,
  place,
  evidence,
  verdict,
}: VerdictNews): VerdictData => ({
  title,
  model,
  version,
  place,
  ...(evidence === undefined ? {} : { evidence }),
  ...verdict,
})

/** A failed check that the mode only warns of must not turn a CI host's report red: the job is green. */
const caseStatus = ({ status }: CheckResult, { mode }: Verdict): TestStatus => {
  if (status === 'waiting' || (status === 'failed' && mode !== 'enforce')) return 'skipped'
  return status
}

const testCase = (one: CheckResult, { title, verdict }: VerdictNews): TestCase => {
  const status = caseStatus(one, verdict)
  const word = one.status === 'failed' && status === 'skipped' ? `warning (mode ${verdict.mode})` : one.status
  const quiet = one.status === 'passed'
  return {
    classname: title,
    name: one.check,
    status,
    time: 0,
    message: quiet ? '' : `${word}: ${one.why ?? `found ${one.found}, wanted ${one.wanted}`}`,
    text: quiet
      ? ''
      : [one.code ?? '', `found: ${one.found}`, `wanted: ${one.wanted}`].filter(Boolean).join('\n'),
  }
}

/** A verdict as a suite of a JUnit report: a case per check; what is waited for is skipped. */
export const verdictSuite = (news: VerdictNews): TestSuite => ({
  name: `gate: ${news.title}`,
  cases: news.verdict.checks.map((one) => testCase(one, news)),
})
