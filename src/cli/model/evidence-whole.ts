import type { SuiteEvidence } from '../../plan/state-evidence.ts'
import { digestOf, type Bundle } from './bundle.ts'
import type { ModelSession } from './open.ts'
import { recordedTests } from './tests.ts'

/**
 * Whether a suite that was recorded again has come out worse. Fewer failures are never worse: else a red result could be
 * replaced by a greener one that has only fewer tests.
 */
export const isWorse = (now: SuiteEvidence, then: SuiteEvidence): boolean => {
  if (now.commit !== then.commit) return true
  if (now.failed !== then.failed) return now.failed > then.failed
  return now.passed < then.passed || now.skipped > then.skipped
}

const say = ({ session }: ModelSession, { suite, passed, failed, skipped }: SuiteEvidence): void =>
  session.run.emit({
    type: 'notice',
    level: 'warning',
    text: `suite ${suite} was recorded again since, and is worse: ${passed} passed, ${failed} failed, ${skipped} skipped`,
    hint: 'that counts now, and approvals of the earlier evidence are void; once the tests are green again, evaluate again',
  })

/**
 * The bundle as `promote` will complete it: with the tests of its commit that were recorded since, and with what came out worse
 * when it was recorded again; the same object where there is neither. A better result counts with new evidence only. Equal
 * evidence has an equal digest, so what is approved now is what is stored later. Reads only: who may only read the version can
 * approve it.
 */
export const wholeBundle = async (model: ModelSession, bundle: Bundle): Promise<Bundle> => {
  const { evidence } = bundle
  const { commit, tests } = evidence
  const recorded = await recordedTests(model, commit)
  const added = recorded.filter(({ suite }) => !tests.some((one) => one.suite === suite))
  // Evidence of another commit is refused as it is, and is not mended by a report of the right one.
  const worse = recorded.filter((now) =>
    tests.some((then) => then.suite === now.suite && then.commit === commit && isWorse(now, then)),
  )
  if (added.length + worse.length === 0) return bundle
  for (const one of worse) say(model, one)
  const kept = tests.map((then) => worse.find(({ suite }) => suite === then.suite) ?? then)
  const whole = { ...evidence, tests: [...kept, ...added] }
  return { evidence: whole, digest: digestOf(whole) }
}
