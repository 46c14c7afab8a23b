import type { Databricks } from '../client/databricks.ts'
import { testReportPath, testReportsFolder } from './model-places.ts'
import type { LedgerPlace } from './record.ts'

interface Report {
  place: LedgerPlace
  /** Full hash. */
  commit: string
  suite: string
}

type Files = Pick<Databricks, 'workspace'>

/** Keep the JUnit report of a suite for the gates of models, in the place of an earlier one of the same commit. */
export const keepTestReport = async (
  { workspace }: Files,
  { place, commit, suite }: Report,
  xml: string,
): Promise<void> => {
  await workspace.mkdirs({ path: testReportsFolder(place, commit) })
  await workspace.upload({
    path: testReportPath(place, commit, suite),
    format: 'RAW',
    overwrite: true,
    content: Buffer.from(xml),
  })
}

/** The JUnit report as it was kept, see report/junit-recorded.ts; undefined: there is none of that commit. */
export const readTestReport = async (
  { workspace }: Files,
  { place, commit, suite }: Report,
): Promise<string | undefined> => {
  const bytes = await workspace.read(testReportPath(place, commit, suite))
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
}
