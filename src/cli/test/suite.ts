import type { Project } from '../../config/load.ts'
import type { Suite } from '../../config/tests.ts'
import { Fail } from '../../errors.ts'
import { named, withAttempt } from '../../report/junit-merge.ts'
import { countTests, type TestCounts, type TestSuite } from '../../report/tests.ts'
import { count } from '../../report/text.ts'
import type { Run } from '../script.ts'
import type { Session } from '../session.ts'
import { judge, type Attempt, type Problem } from './attempt.ts'
import { onCluster, type RunOnCluster } from './cluster.ts'
import { runLocal } from './local.ts'

/** What a suite has come to. */
export interface SuiteOutcome {
  name: string
  suites: readonly TestSuite[]
  attempts: number
  /** Undefined when it is green. */
  problem?: Problem
  /** It could not be run at all; the others are run all the same. */
  error?: unknown
}

/** How suites are run: those on a cluster need a workspace. */
export interface Bench {
  run: Run
  project: Project
  session: () => Promise<Session>
  /** Says once what on the clusters differs from this checkout. */
  warn: () => Promise<void>
}

const runnerOf = async (bench: Bench, suite: Suite): Promise<RunOnCluster> => {
  const { run, project } = bench
  if (suite.kind === 'cluster') {
    const runner = await onCluster(await bench.session(), suite)
    await bench.warn()
    return runner
  }
  return async () => await runLocal(run, project, suite)
}

/** Running once more proves nothing where no test has failed: the report is missing, broken, or empty. */
const worthAnother = ({ code }: Problem, { failed, suites, ended }: Attempt): boolean =>
  code === 'TESTS_FAILED' &&
  ((failed?.length ?? 0) > 0 || countTests(suites).failed > 0 || ended !== undefined)

const attempts = async (bench: Bench, suite: Suite): Promise<SuiteOutcome> => {
  const { name, retries } = suite
  const runOnce = await runnerOf(bench, suite)
  const first = await runOnce([])
  let [last, merged, problem]: [Attempt, Attempt, Problem | undefined] = [first, first, judge(first)]
  let number = 1
  while (problem && number <= retries && worthAnother(problem, last)) {
    const text = `suite ${name}: ${problem.why.split('\n', 1)[0]}; attempt ${number + 1} of ${retries + 1}`
    bench.run.emit({ type: 'notice', level: 'info', text })
    number += 1
    const next = await runOnce(last.failed ?? [])
    // On a cluster only the failed ones run again, and what ran well stays known.
    merged = { ...next, suites: withAttempt(merged.suites, next.suites, number) }
    problem = judge(merged)
    last = next
  }
  const suites = named(name, merged.suites)
  return { name, suites, attempts: number, ...(problem ? { problem } : {}) }
}

/** `12 passed, 1 failed, 2 skipped, 1 flaky` */
export const countsText = ({ passed, failed, skipped, flaky }: TestCounts): string =>
  [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(flaky > 0 ? [`${flaky} flaky`] : []),
  ].join(', ')

const detailOf = ({ suites, problem, attempts: number }: SuiteOutcome): string => {
  const counts = countsText(countTests(suites))
  const again = number > 1 ? ` in ${count(number, 'attempt')}` : ''
  const more = suites.length === 0 || countTests(suites).tests === 0 ? '' : ` (${counts})`
  return problem ? `${problem.why}${again}${more}` : `${counts}${again}`
}

/**
 * Run a suite, and what failed in it once more as often as it is declared. What keeps a suite from being run is in the outcome.
 * @throws Fail INTERRUPTED
 */
export const runSuite = async (bench: Bench, suite: Suite): Promise<SuiteOutcome> => {
  const { emit, world } = bench.run
  const id = `suite ${suite.name}`
  const at = () => world.clock.now()
  emit({ type: 'task', state: 'started', id, title: id, at: at() })
  try {
    const outcome = await attempts(bench, suite)
    const state = outcome.problem ? 'failed' : 'done'
    emit({ type: 'task', state, id, detail: detailOf(outcome), at: at() })
    return outcome
  } catch (error) {
    if (world.stop.aborted || !(error instanceof Fail)) throw error
    emit({ type: 'task', state: 'failed', id, detail: error.message, at: at() })
    return { name: suite.name, suites: [], attempts: 1, error }
  }
}
