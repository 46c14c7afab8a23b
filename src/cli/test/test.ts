import { didYouMean } from '../../config/faults.ts'
import { isSecretName } from '../../config/secrets.ts'
import type { Suite } from '../../config/tests.ts'
import { Fail } from '../../errors.ts'
import { connect, type Workspace } from '../connect.ts'
import { openProject, type Session } from '../session.ts'
import { warnOfDrift } from '../run/drift.ts'
import { startingAnew } from '../run/interrupted.ts'
import { propose } from '../run/propose.ts'
import type { Run } from '../script.ts'
import { setValue } from '../../host/context.ts'
import { openRecorder } from './record.ts'
import { runSuite, type Bench, type SuiteOutcome } from './suite.ts'
import { testData, testFailure, testText } from './verdict.ts'

interface Wanted {
  words: readonly string[]
  local: boolean
  remote: boolean
}

const usage = (what: string, hint: string): Fail => new Fail('USAGE', { what, hint })

/** The suites that the command line means. Without any there is nothing to prove: that is a failure, not a success. */
export const chosenSuites = (suites: readonly Suite[], { words, local, remote }: Wanted): Suite[] => {
  const names = suites.map(({ name }) => name)
  const unknown = words.find((word) => !names.includes(word))
  if (unknown !== undefined) throw usage(`there is no suite «${unknown}»`, didYouMean(unknown, names))
  const both = local === remote
  const found = suites
    .filter(({ name }) => words.length === 0 || words.includes(name))
    .filter(({ kind }) => both || (kind === 'cluster') === remote)
  if (found.length > 0) return found
  const which = both ? '' : local ? ' that runs on this machine' : ' that runs on a cluster'
  throw new Fail('NO_TESTS', { what: `brickrail.yml declares no suite${which}` })
}

/** Connects when the first suite wants a cluster, and not at all when none does. */
const lazily = (run: Run, project: Bench['project']) => {
  let open: Promise<Workspace> | undefined
  const session = async (): Promise<Session> => {
    const workspace = await (open ??= connect(run, project))
    return { ...workspace, run, project, place: { project: project.name, target: project.target.name } }
  }
  const close = async (): Promise<void> => {
    if (open) await (await open.catch(() => undefined))?.close()
  }
  let warned: Promise<void> | undefined
  const warn = async (): Promise<void> => {
    const path = project.desired.files?.root
    warned ??= session().then((one) => warnOfDrift(one, path === undefined ? {} : { path }))
    await warned
  }
  return { session, warn, close }
}

/** Suites of this machine get its variables, and may print them: nobody has read these credentials before. */
const hideSecrets = ({ world: { env }, redactor }: Run): void => {
  for (const [name, value] of Object.entries(env)) if (value && isSecretName(name)) redactor.add(value)
}

const hintOf = ({ world: { env } }: Run, project: Bench['project']): string => {
  const kept =
    setValue(env['BRICKRAIL_REPORTS']) === undefined
      ? 'with BRICKRAIL_REPORTS=<folder> they are kept as a JUnit report'
      : 'all of them are in the JUnit report'
  return `read the failures above; ${kept}. To run one suite again: ${propose(project, 'test <suite>')}`
}

const runSuites = async (run: Run): Promise<void> => {
  hideSecrets(run)
  const [local, remote] = [run.values['local'] === true, run.values['remote'] === true]
  // Tests of this machine need not know where the workspace is.
  const declared = await openProject(run, { offline: true })
  const suites = chosenSuites(declared.tests, { words: run.words, local, remote })
  const record = run.values['record'] === true
  const project = record || suites.some(({ kind }) => kind === 'cluster') ? await openProject(run) : declared
  const { session, warn, close } = lazily(run, project)
  const outcomes: SuiteOutcome[] = []
  try {
    const keep = record ? await openRecorder(await session(), suites) : undefined
    for (const suite of suites) {
      const outcome = await runSuite({ run, project, session, warn }, suite)
      outcomes.push(outcome)
      await keep?.(outcome)
    }
  } finally {
    await close()
    run.emit({ type: 'tests', suites: outcomes.flatMap((outcome) => [...outcome.suites]) })
  }
  run.emit({ type: 'result', data: testData(outcomes), text: testText(outcomes) })
  const failure = testFailure(outcomes, hintOf(run, project))
  if (failure !== undefined) throw failure
}

/**
 * Run the suites of the project, all of them whatever becomes of the first.
 * @throws Fail TESTS_FAILED, NO_TESTS, RESULTS_UNBOUND, USAGE, INTERRUPTED, and what kept a suite from being run
 */
export const runTests = async (run: Run): Promise<void> => {
  try {
    await runSuites(run)
  } catch (error) {
    throw startingAnew(error)
  }
}
