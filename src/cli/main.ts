import { renderUsage } from 'citty'
import { realpathSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { Fail } from '../errors.ts'
import type { Emit } from '../report/events.ts'
import { colorWanted } from '../report/output.ts'
import { createRedactor, type Redactor } from '../report/redact.ts'
import { createReporter, type Reporter } from '../report/reporter.ts'
import { commonArgs, readArgs, type Values } from './args.ts'
import type { Script, World } from './script.ts'
import { processWorld } from './world.ts'

const usesColor = (world: World, values: Values): boolean =>
  values['color'] !== false && colorWanted(world.env, world.stderr.isTTY === true)

const modeOf = (world: World, values: Values): 'json' | 'terminal' | 'plain' => {
  if (values['output'] === 'json') return 'json'
  return world.stderr.isTTY === true && world.env['TERM'] !== 'dumb' && !world.env['CI']
    ? 'terminal'
    : 'plain'
}

const bugText = (error: unknown): string =>
  `this is a bug in Brickrail: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`

/** A file that was named on the command line and cannot be used: nobody's bug. */
const expected = (error: unknown): unknown => {
  if (!(error instanceof Error) || !('syscall' in error) || !('path' in error)) return error
  const hint = 'check the path, and that this user may use it'
  return new Fail('USAGE', { what: error.message, hint }, { cause: error })
}

/** The one place where a failure becomes an exit code. */
const report = (thrown: unknown, emit: Emit): number => {
  const error = expected(thrown)
  if (error instanceof Fail) {
    const { code, message, hint, exit, faults } = error
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

/** Bytes; GitHub takes at most 1 MiB per step: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
const summaryLimit = 1_000_000

/** The work is done by now: a summary that cannot be written is worth a warning, and no other exit code. */
const writeSummary = async (reporter: Reporter, file: string, exit: number, redact: Redactor['redact']) => {
  const { outcomeMarkdown } = await import('../report/outcome-markdown.ts')
  try {
    await writeFile(file, outcomeMarkdown(reporter.outcome(exit), { redact, limit: summaryLimit }))
  } catch (error) {
    const text = `the summary was not written: ${error instanceof Error ? error.message : 'unknown'}`
    reporter.emit({
      type: 'notice',
      level: 'warning',
      text,
      hint: 'give --summary a path that can be written',
    })
  }
}

const usage = async (script: Script, args: Script['args'], color: boolean): Promise<string> => {
  const text = await renderUsage({
    meta: { name: `brickrail ${script.name}`, description: script.about },
    args,
  })
  return `${color ? text : stripVTControlCharacters(text)}\n`
}

/**
 * Run a script with a command line.
 * @returns the exit code of the design's table
 */
export const runScript = async (script: Script, raw: readonly string[], world: World): Promise<number> => {
  const args = { ...script.args, ...commonArgs }
  const redactor = createRedactor()
  let values: Values = wantsJson(raw) ? { output: 'json' } : {}
  let vars: Readonly<Record<string, string>> = {}
  let unread: unknown
  try {
    ;({ values, vars } = readArgs(raw, args))
  } catch (error) {
    unread = error
  }
  const color = usesColor(world, values)
  if (values['help'] === true) {
    world.stdout.write(await usage(script, args, color && world.stdout.isTTY === true))
    return 0
  }
  const { stdout, stderr } = world
  const now = () => world.clock.now()
  const reporter = createReporter({
    mode: modeOf(world, values),
    stdout,
    stderr,
    color,
    redactor,
    command: script.name,
    now,
  })
  let exit: number
  try {
    if (unread !== undefined) throw unread
    exit = (await script.run({ name: script.name, world, values, vars, emit: reporter.emit, redactor })) ?? 0
  } catch (error) {
    exit = report(error, reporter.emit)
  }
  const { summary } = values
  if (typeof summary === 'string')
    await writeSummary(reporter, resolve(world.cwd, summary), exit, redactor.redact)
  reporter.close(exit)
  return exit
}

/** Run the script if its file is what node was started with; when it is imported, do nothing. */
export const startIfMain = async (url: string, script: Script): Promise<void> => {
  const started = process.argv[1]
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return
  process.exitCode = await runScript(script, process.argv.slice(2), processWorld())
}
