import { spawn } from 'node:child_process'
import { createLines } from '../run/lines.ts'

export interface CommandOptions {
  /** A line for the shell, or a program with its words. */
  command: string | readonly [string, ...string[]]
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** ms */
  timeoutMs: number
  stop: AbortSignal
  onLines: (lines: readonly string[]) => void
}

/** How a program ended, as the end of a sentence; undefined: with exit code 0. */
export type Ended = string | undefined

/** ms that a program has to end by itself, and ms that its pipes may stay open after it. */
const grace = 5000
const linger = 1000

const endGroup = (pid: number | undefined, signal: NodeJS.Signals): void => {
  if (pid === undefined) return
  try {
    // Its own process group: what it has started ends with it.
    process.kill(-pid, signal)
  } catch {
    // It has ended.
  }
}

const start = ({ command, cwd, env }: CommandOptions) => {
  const common = { cwd, env: { ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] as const }
  if (typeof command === 'string')
    return spawn(command, { ...common, stdio: ['ignore', 'pipe', 'pipe'], shell: true })
  const [program, ...words] = command
  return spawn(program, words, { ...common, stdio: ['ignore', 'pipe', 'pipe'] })
}

/**
 * Run a program with all that it starts, and pass on its output line by line.
 * @throws the reason of `stop` when that has ended it
 */
export const runCommand = async (options: CommandOptions): Promise<Ended> => {
  const { stop, timeoutMs, onLines } = options
  stop.throwIfAborted()
  const child = start(options)
  const timers: NodeJS.Timeout[] = []
  const later = (ms: number, work: () => void) => timers.push(setTimeout(work, ms))
  let timedOut = false
  const end = (): void => {
    endGroup(child.pid, 'SIGTERM')
    later(grace, () => endGroup(child.pid, 'SIGKILL'))
  }
  later(timeoutMs, () => {
    timedOut = true
    end()
  })
  stop.addEventListener('abort', end, { once: true })
  for (const stream of [child.stdout, child.stderr]) {
    const lines = createLines()
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => onLines(lines.add(text)))
    stream.on('end', () => onLines(lines.end()))
  }
  try {
    const ended = await new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      let how: Ended
      child.once('exit', (code, signal) => {
        how =
          code === 0
            ? undefined
            : signal
              ? `the command was ended by ${signal}`
              : `the command ended with exit code ${code}`
        // What it has left running in the background would hold the pipes for ever, also from a group of its own.
        later(linger, () => {
          endGroup(child.pid, 'SIGKILL')
          later(linger, () => [child.stdout, child.stderr].forEach((stream) => stream.destroy()))
        })
      })
      child.once('close', () => resolve(how))
    })
    if (stop.aborted) throw stop.reason
    return timedOut ? `the command was stopped after ${Math.round(timeoutMs / 1000)} s` : ended
  } finally {
    timers.forEach(clearTimeout)
    stop.removeEventListener('abort', end)
  }
}
