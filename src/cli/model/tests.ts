import { createHash } from 'node:crypto'
import { readTestReport } from '../../ledger/test-reports.ts'
import type { SuiteEvidence } from '../../plan/state-evidence.ts'
import { JunitError } from '../../report/junit-read.ts'
import { readRecorded } from '../../report/junit-recorded.ts'
import { countTests } from '../../report/tests.ts'
import type { ModelSession } from './open.ts'

/**
 * What a recorded JUnit report proves.
 * @throws JunitError for one that proves nothing
 */
export const suiteEvidence = (suite: string, xml: string): SuiteEvidence => {
  const { commit, suites } = readRecorded(xml)
  const { tests, passed, failed, skipped } = countTests(suites)
  const digest = createHash('sha256').update(xml).digest('hex')
  return { suite, commit, digest, tests, passed, failed, skipped }
}

const recorded = async (
  { session }: ModelSession,
  commit: string,
  suite: string,
): Promise<SuiteEvidence | undefined> => {
  const xml = await readTestReport(session.client, { place: session.place, commit, suite })
  if (xml === undefined) return undefined
  try {
    return suiteEvidence(suite, xml)
  } catch (error) {
    if (!(error instanceof JunitError)) throw error
    const text = `the recorded results of suite ${suite} do not count: ${error.message}`
    const hint = 'record them again: `brickrail test --record`'
    session.run.emit({ type: 'notice', level: 'warning', text, hint })
    return undefined
  }
}

/** The suites that the policy asks for, as far as they are recorded for a commit. */
export const recordedTests = async (
  model: ModelSession,
  commit: string | undefined,
): Promise<SuiteEvidence[]> => {
  if (commit === undefined) return []
  const wanted = model.policy.checks.tests?.junit ?? []
  const found = await Promise.all(wanted.map((suite) => recorded(model, commit, suite)))
  return found.filter((one) => one !== undefined)
}
