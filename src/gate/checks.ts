import { approvals } from './approvals.ts'
import { candidateReady } from './candidate.ts'
import { championFirstRelease, championUnchanged } from './champion.ts'
import type { GateCheck } from './check.ts'
import { dataAge, dataRows } from './data.ts'
import { docsDescription, docsModelCard } from './docs.ts'
import { evidenceAge } from './evidence-age.ts'
import { freeze } from './freeze.ts'
import { lineageCleanTree, lineageCommit, lineageNames } from './lineage.ts'
import {
  metricAbsoluteGain,
  metricAbsoluteLoss,
  metricRelativeGain,
  metricRelativeLoss,
} from './metrics-champion.ts'
import { metricMax, metricMin } from './metrics.ts'
import { pathStaging } from './path.ts'
import { signatureCompatible, signatureExample, signaturePresent } from './signature.ts'
import { sliceGap, sliceMax, sliceMin } from './slices.ts'
import { tagsRequired } from './tags.ts'
import { testSuites } from './tests.ts'

/** Every check that there is, in the order of the table that people read. docs/gates.md has a row of each. */
export const checks: readonly GateCheck[] = [
  candidateReady,
  pathStaging,
  championUnchanged,
  championFirstRelease,
  evidenceAge,
  lineageNames,
  lineageCommit,
  lineageCleanTree,
  testSuites,
  signaturePresent,
  signatureExample,
  signatureCompatible,
  metricMin,
  metricMax,
  metricRelativeGain,
  metricRelativeLoss,
  metricAbsoluteGain,
  metricAbsoluteLoss,
  dataRows,
  dataAge,
  sliceMin,
  sliceMax,
  sliceGap,
  tagsRequired,
  docsDescription,
  docsModelCard,
  freeze,
  approvals,
]
