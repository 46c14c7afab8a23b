import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Project } from '../../config/load.ts'
import type { LocalSuite, PythonSuite } from '../../config/tests.ts'
import { Fail } from '../../errors.ts'
import { createLineScreen } from '../run/screen.ts'
import { createLogFile } from '../run/log-file.ts'
import type { Run } from '../script.ts'
import { packageRoot } from '../version.ts'
import type { Attempt } from './attempt.ts'
import { runCommand, type CommandOptions, type Ended } from './command.ts'
import { readReports, reportsAt } from './found-reports.ts'

const harness = join(packageRoot, 'src', 'compute', 'harness', 'tests')

type Env = CommandOptions['env']

/** The first Python of the PATH. */
const pythons = ['python3', 'python'] as const

type Start = Pick<CommandOptions, 'cwd' | 'env' | 'stop'>

/** Whether a program can be started, and ends well. */
const works = async (start: Start, command: readonly [string, ...string[]]): Promise<boolean> => {
  try {
    const quiet = { ...start, command, timeoutMs: 60_000, onLines: () => undefined }
    return (await runCommand(quiet)) === undefined
  } catch (error) {
    if (start.stop.aborted) throw error
    return false
  }
}

const pythonOf = async (start: Start): Promise<string> => {
  for (const name of pythons) if (await works(start, [name, '-c', ''])) return name
  throw new Fail('USAGE', {
    what: 'there is no Python on this machine',
    hint: 'install Python 3, or run the job in an image that has it (`image` of the CI job)',
  })
}

/** pytest where it is installed, else unittest: both write the report. */
const pythonCommand = async (start: Start, { folder }: PythonSuite, report: string) => {
  const python = await pythonOf(start)
  const pytest = await works(start, [python, '-c', 'import pytest'])
  return pytest
    ? ([python, '-m', 'pytest', folder, '-p', 'no:cacheprovider', '-rfE', `--junitxml=${report}`] as const)
    : ([python, join(harness, 'unittest_junit.py'), folder, report] as const)
}

/** Imports begin at the synced folder, as on a cluster; nothing is left in it. */
const pythonEnv = (env: Env, { sourceDir }: Project): Env => ({
  ...env,
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONPATH: [sourceDir, join(sourceDir, 'src'), env['PYTHONPATH']].filter(Boolean).join(delimiter),
})

/** pytest and the runner that comes with us both say so. */
const noTests = 'the command ended with exit code 5'

const attemptAt = async (
  run: Run,
  project: Project,
  suite: LocalSuite | PythonSuite,
  folder: string,
): Promise<Attempt> => {
  const report = join(folder, 'junit.xml')
  const env: Env = { ...run.world.env, BRICKRAIL_JUNIT: report }
  const start = {
    cwd: project.root,
    env: suite.kind === 'python' ? pythonEnv(env, project) : env,
    stop: run.world.stop,
  }
  const [root, pattern] =
    suite.kind === 'command' && suite.junit ? [project.root, suite.junit] : [folder, 'junit.xml']
  const before = await reportsAt(root, pattern)
  const screen = createLineScreen(run.emit, suite.name)
  const file = createLogFile(run, `test-${suite.name}.log`)
  let writing = Promise.resolve()
  const onLines = (lines: readonly string[]): void => {
    screen.show(lines)
    writing = writing.then(() => file.write(lines))
  }
  const command = suite.kind === 'command' ? suite.command : await pythonCommand(start, suite, report)
  const ended: Ended = await runCommand({ ...start, command, timeoutMs: suite.timeout * 1000, onLines })
  await writing
  screen.end(`see ${file.path() ?? 'the report'}`)
  const read = await readReports(root, pattern, before)
  const nothing = suite.kind === 'python' && ended === noTests
  return { ...read, ...(ended === undefined || nothing ? {} : { ended }), tail: screen.tail() }
}

/**
 * Run a suite on this machine, in the root of the repository.
 * @throws Fail USAGE without Python, INTERRUPTED
 */
export const runLocal = async (
  run: Run,
  project: Project,
  suite: LocalSuite | PythonSuite,
): Promise<Attempt> => {
  const folder = await mkdtemp(join(tmpdir(), 'brickrail-test-'))
  try {
    return await attemptAt(run, project, suite, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
