import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's own folder. */
export const repository: string = fileURLToPath(new URL('../', import.meta.url))

/** A built script of this repository. */
export const built = (name: string): string => join(repository, 'dist', 'scripts', `${name}.js`)

const peakHook = new URL('./peak.mjs', import.meta.url).href

export interface Command {
  file: string
  args: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  /** Ends the process when the bench is ended. */
  stop: AbortSignal
}

export interface Ran {
  exit: number | null
  /** From starting the process until it has ended. */
  wallMs: number
  stdout: string
  stderr: string
}

const collect = (stream: NodeJS.ReadableStream): (() => string) => {
  const parts: string[] = []
  stream.setEncoding('utf8').on('data', (text: string) => parts.push(text))
  return () => parts.join('')
}

/** Run to the end. @throws the stop signal's reason, or the system's error when the file cannot be run */
export const run = async ({ file, args, cwd, env, stop }: Command): Promise<Ran> => {
  const started = performance.now()
  const child = spawn(file, args, { cwd, env, signal: stop, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const exited = once(child, 'exit').then(() => performance.now() - started)
  const closed = once(child, 'close') as Promise<[number | null]>
  const [wallMs, [exit]] = await Promise.all([exited, closed])
  return { exit, wallMs, stdout: stdout(), stderr: stderr() }
}

/** As `run`, and any other end than exit 0 is an error with what the process said. */
export const runGreen = async (command: Command): Promise<Ran> => {
  const ran = await run(command)
  if (ran.exit === 0) return ran
  const said = `${ran.stdout}\n${ran.stderr}`.trim().split('\n').slice(-20).join('\n')
  throw new Error(`${command.file} ${command.args.join(' ')} ended with ${ran.exit}:\n${said}`)
}

export interface Measured extends Ran {
  /** Bytes of resident memory at its highest. */
  peakBytes: number
}

/** A Node process that must end with 0, with its peak memory. `scratch`: a folder for the note it leaves. */
export const runNode = async (command: Omit<Command, 'file'>, scratch: string): Promise<Measured> => {
  const note = join(scratch, 'peak')
  await rm(note, { force: true })
  const ran = await runGreen({
    ...command,
    file: process.execPath,
    args: ['--import', peakHook, ...command.args],
    env: { ...command.env, BENCH_PEAK_FILE: note },
  })
  return { ...ran, peakBytes: Number(await readFile(note, 'utf8')) }
}

/** What a process needs of this one's surroundings; no CI variable, no proxy and no credential comes through. */
export const plainEnv = (home: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  LC_ALL: 'C.UTF-8',
  NO_COLOR: '1',
})

/** Ask it to end and wait until it has. */
export const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
