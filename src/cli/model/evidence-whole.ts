import { digestOf, type Bundle } from './bundle.ts'
import type { ModelSession } from './open.ts'
import { recordedTests } from './tests.ts'

/**
 * The bundle as `promote` will complete it: with the tests of its commit that were recorded since. Equal evidence has an equal
 * digest, so what is approved now is what is stored later. Reads only: who may only read the version can approve it.
 */
export const wholeBundle = async (model: ModelSession, bundle: Bundle): Promise<Bundle> => {
  const { evidence } = bundle
  const since = await recordedTests(model, evidence.commit, evidence.tests)
  if (since.length === 0) return bundle
  const whole = { ...evidence, tests: [...evidence.tests, ...since] }
  return { evidence: whole, digest: digestOf(whole) }
}
