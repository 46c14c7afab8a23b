import { renderUsage } from 'citty'
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { Fail, seeHelp } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { openHost } from '../host/open.ts'
import type { Emit } from '../report/events.ts'
import { colorWanted } from '../report/output.ts'
import { createRedactor, type Redactor } from '../report/redact.ts'
import { createReporter, type Mode, type Reporter } from '../report/reporter.ts'
import { createTaskRecorder, type TaskRecorder } from '../report/run-record.ts'
import { commonArgs, readArgs, type ReadArgs, type Values } from './args.ts'
import { createCiLog } from './ci-log.ts'
import { reportRun } from './reports.ts'
import type { Script, World } from './script.ts'
import { processWorld } from './world.ts'

const usesColor = (world: World, values: Values): boolean =>
  values['color'] !== false && colorWanted(world.env, world.stderr.isTTY === true)

const modeOf = (world: World, values: Values): Mode => {
  if (values['output'] === 'json') return 'json'
  return world.stderr.isTTY === true && world.env['TERM'] !== 'dumb' && !world.env['CI']
    ? 'terminal'
    : 'plain'
}

const bugText = (error: unknown): string =>
  `this is a bug in Brickrail: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`

/** Of the machine, not of a path. */
const fullOrBroken = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EISDIR', 'EMFILE', 'ENFILE'])

/** A file that was named on the command line and cannot be used, or a full disk: nobody's bug. */
const expected = (error: unknown): unknown => {
  if (!(error instanceof Error) || !('syscall' in error)) return error
  if (!('path' in error) && !('code' in error && fullOrBroken.has(String(error.code)))) return error
  const hint = 'check the path and the disk, and that this user may write there'
  return new Fail('USAGE', { what: error.message, hint }, { cause: error })
}

/** The one place where a failure becomes an exit code. */
const report = (thrown: unknown, emit: Emit, command: string): number => {
  const error = expected(thrown)
  if (error instanceof Fail) {
    const { code, message, exit, faults } = error
    const hint = error.hint === seeHelp ? `see \`brickrail ${command} --help\`` : error.hint
    emit({ type: 'failure', code, message, hint, exit, faults })
    return exit
  }
  const hint =
    'report it with the text above, the command and the version: https://github.com/brickrail/brickrail/issues'
  emit({ type: 'failure', code: 'BUG', message: bugText(error), hint, exit: 1, faults: [] })
  return 1
}

/** `-o json` must hold for a bad command line, too. */
const wantsJson = (raw: readonly string[]): boolean =>
  /(?:^|\n)(?:-o|--output)[=\n]json(?:\n|$)/.test(raw.join('\n'))

const usage = async (script: Script, args: Script['args'], color: boolean): Promise<string> => {
  const text = await renderUsage({
    meta: { name: `brickrail ${script.name}`, description: script.about },
    args,
  })
  return `${color ? text : stripVTControlCharacters(text)}\n`
}

/** All who listen to a run: people, the CI host if this is not a terminal, and the reports. */
interface Listeners {
  host: Host
  reporter: Reporter
  redactor: Redactor
  recorder: TaskRecorder
  emit: Emit
  /** After what is said last. */
  close: (exit: number) => void
}

const listen = (name: string, world: World, values: Values): Listeners => {
  const { stdout, stderr } = world
  const redactor = createRedactor()
  const recorder = createTaskRecorder()
  const host = openHost(world.env)
  const mode = modeOf(world, values)
  const now = () => world.clock.now()
  const color = usesColor(world, values)
  const reporter = createReporter({ mode, stdout, stderr, color, redactor, command: name, now })
  const show: Emit = (event) => {
    recorder.note(event)
    reporter.emit(event)
  }
  const listeners = { host, reporter, redactor, recorder, emit: show, close: reporter.close }
  if (mode === 'terminal') return listeners
  const { redact } = redactor
  const ci = createCiLog({ host, world, command: name, redact, plans: mode === 'plain' })
  const add = (secret: string): boolean => {
    ci.mask(secret)
    return redactor.add(secret)
  }
  const close = (exit: number): void => {
    ci.finish()
    reporter.close(exit)
  }
  return { ...listeners, redactor: { redact, add }, emit: ci.around(show), close }
}

/** The exit code of some work: its own, or that of its failure. */
const attempt = async (work: () => Promise<number | void>, emit: Emit, command: string): Promise<number> => {
  try {
    return (await work()) ?? 0
  } catch (error) {
    return report(error, emit, command)
  }
}

/**
 * Run a script with a command line.
 * @returns the exit code of the design's table
 */
export const runScript = async (script: Script, raw: readonly string[], world: World): Promise<number> => {
  const { name } = script
  const args = { ...script.args, ...commonArgs }
  let values: Values = wantsJson(raw) ? { output: 'json' } : {}
  let rest: Omit<ReadArgs, 'values'> = { vars: {}, lists: {}, words: [] }
  let unread: unknown
  try {
    ;({ values, ...rest } = readArgs(raw, args))
  } catch (error) {
    unread = error
  }
  if (values['help'] === true) {
    world.stdout.write(await usage(script, args, usesColor(world, values) && world.stdout.isTTY === true))
    return 0
  }
  const startedAt = world.clock.now()
  const { host, reporter, redactor, recorder, emit, close } = listen(name, world, values)
  let exit = await attempt(
    async () => {
      if (unread !== undefined) throw unread
      return await script.run({ name, world, values, ...rest, emit, redactor })
    },
    emit,
    name,
  )
  const { summary, comment, target } = values
  if (comment === true)
    exit = await attempt(
      async () => {
        const { postComment } = await import('./comment.ts')
        return await postComment({ world, host, redactor, emit, values, outcome: reporter.outcome(exit) })
      },
      emit,
      name,
    )
  const lost = await reportRun({
    world,
    host,
    redactor,
    emit,
    outcome: () => reporter.outcome(exit),
    recorder,
    startedAt,
    ...(typeof summary === 'string' ? { summary } : {}),
    // No name of a target that could be a path.
    ...(typeof target === 'string' && /^[\w-]+$/.test(target) ? { target } : {}),
  })
  if (lost !== undefined) {
    const code = report(lost, emit, name)
    if (exit === 0) exit = code
  }
  close(exit)
  return exit
}

/** Run the script if its file is what node was started with; when it is imported, do nothing. */
export const startIfMain = async (url: string, script: Script): Promise<void> => {
  const started = process.argv[1]
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return
  process.exitCode = await runScript(script, process.argv.slice(2), processWorld())
}
