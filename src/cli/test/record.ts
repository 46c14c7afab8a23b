import type { Suite } from '../../config/tests.ts'
import { Fail } from '../../errors.ts'
import { detectHost } from '../../host/detect.ts'
import { keepTestReport } from '../../ledger/test-reports.ts'
import { readLedger } from '../../ledger/read.ts'
import { recordedJunit } from '../../report/junit-recorded.ts'
import { headOf, readGit } from '../git.ts'
import { driftOf } from '../run/drift.ts'
import { propose } from '../run/propose.ts'
import type { Session } from '../session.ts'
import type { World } from '../script.ts'
import type { SuiteOutcome } from './suite.ts'

const unbound = (why: string, hint: string): Fail => new Fail('RESULTS_UNBOUND', { why, hint })

const commitHint = 'commit the changes (or take them back), and run the tests again'

/**
 * The commit that the results of this run are of. A CI job is one of its pipeline's commit; elsewhere the checkout has to be
 * just that commit.
 * @throws Fail RESULTS_UNBOUND
 */
export const commitOfResults = async ({ env }: Pick<World, 'env'>, root: string): Promise<string> => {
  const { host, commit: told } = detectHost(env)
  if (host === 'local') {
    const { commit } = await readGit(root)
    if (commit === undefined) throw unbound('this is no Git checkout with a commit', commitHint)
    const [known = '', changes] = commit.split('+')
    if (changes !== undefined)
      throw unbound(`the checkout has changes that are not in commit ${known.slice(0, 8)}`, commitHint)
    return known
  }
  const head = headOf(root)
  const commit = told ?? head
  if (commit === undefined) throw unbound('neither the CI host nor Git says which commit this is', commitHint)
  if (head !== undefined && head !== commit) {
    const why = `the pipeline is of commit ${commit.slice(0, 8)}, and the checkout is at ${head.slice(0, 8)}`
    throw unbound(why, 'let the job run on the commit that the CI host has checked out')
  }
  return commit
}

/** What is deployed is what a suite on a cluster tests. */
const mustBeDeployed = async ({ client, place, project }: Session): Promise<void> => {
  const { tail } = await readLedger(client, place)
  const path = project.desired.files?.root
  const drift = driftOf(project.desired, tail.state ?? {}, path === undefined ? {} : { path })
  if (drift.length === 0) return
  const why = `on the clusters something else is deployed than this commit: ${drift.join(', ')}`
  throw unbound(why, `run ${propose(project, 'deploy')} first`)
}

export type Recorder = (outcome: SuiteOutcome) => Promise<void>

/**
 * Keeps what each suite comes to in the workspace of the target, for the gates of models. One that could not be run at all is
 * not kept: nothing is known of it.
 * @throws Fail RESULTS_UNBOUND when the results would not be those of a commit; before any suite runs
 */
export const openRecorder = async (session: Session, suites: readonly Suite[]): Promise<Recorder> => {
  const { client, place, project, run } = session
  const commit = await commitOfResults(run.world, project.root)
  if (suites.some(({ kind }) => kind === 'cluster')) await mustBeDeployed(session)
  return async ({ name, suites: results, problem, error }) => {
    if (error !== undefined) return
    const why = problem?.code === 'TESTS_FAILED' ? problem.why : undefined
    const { redact } = run.redactor
    const xml = recordedJunit({ suite: name, commit, suites: results }, { problem: why, redact })
    await keepTestReport(client, { place, commit, suite: name }, xml)
    const text = `the results of suite ${name} are kept for commit ${commit.slice(0, 8)}`
    run.emit({ type: 'notice', level: 'info', text })
  }
}
