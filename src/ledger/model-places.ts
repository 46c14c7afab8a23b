import type { LedgerPlace } from './record.ts'

/** Where the story of models is kept in the workspace of a target. */
export const modelsRoot = ({ project, target }: LedgerPlace): string =>
  `/Shared/.brickrail/${project}/${target}`

/** The folder of one model's promotion records (`000001.json`, ...); `key` is that under `models:`. */
export const promotionsFolder = (place: LedgerPlace, key: string): string =>
  `${modelsRoot(place)}/models/${key}`

/** One evidence bundle, named by its digest. */
export const evidencePath = (place: LedgerPlace, key: string, digest: string): string =>
  `${promotionsFolder(place, key)}/evidence/${digest}.json`

/** JUnit of a suite, of one commit, as `brickrail test --record` leaves it for the gates of models: see ledger/test-reports.ts, report/junit-recorded.ts. */
export const testReportPath = (place: LedgerPlace, commit: string, suite: string): string =>
  `${testReportsFolder(place, commit)}/${suite}.xml`

export const testReportsFolder = (place: LedgerPlace, commit: string): string =>
  `${modelsRoot(place)}/tests/${commit}`
