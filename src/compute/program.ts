/** Programs as processes: no shell, bounded time, bounded memory, ended as a group. */
import { spawn, type ChildProcess } from 'node:child_process'

export interface Ran {
  /** `null` when a signal ended it. */
  code: number | null
  /** What it wrote to both streams, in order; of much, the end. */
  output: string
  timedOut: boolean
}

export interface ProgramOptions {
  cwd: string
  env: Readonly<Record<string, string>>
  /** ms */
  timeoutMs: number
  signal?: AbortSignal | undefined
}

/** Characters. */
const keptOutput = 400_000
/** ms between SIGTERM and SIGKILL. */
const grace = 3000

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // No such group any more; Windows has none at all.
    child.kill(signal)
  }
}

const tail = () => {
  let text = ''
  return {
    add: (piece: string) => {
      text += piece
      if (text.length > keptOutput * 2) text = text.slice(-keptOutput)
    },
    text: () => text.slice(-keptOutput),
  }
}

/**
 * Run a program in a process group of its own, so that nothing it started outlives it.
 * @throws the system's error when it cannot be started; the reason of `signal`, when the group has been ended
 */
export const runProgram = async (
  file: string,
  args: readonly string[],
  { cwd, env, timeoutMs, signal }: ProgramOptions,
): Promise<Ran> => {
  signal?.throwIfAborted()
  const child = spawn(file, [...args], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = tail()
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => output.add(piece))
  let timedOut = false
  let killing: NodeJS.Timeout | undefined
  const end = () => {
    signalGroup(child, 'SIGTERM')
    killing ??= setTimeout(() => signalGroup(child, 'SIGKILL'), grace)
  }
  const timer = setTimeout(() => {
    timedOut = true
    end()
  }, timeoutMs)
  signal?.addEventListener('abort', end, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    signal?.throwIfAborted()
    return { code, output: output.text(), timedOut }
  } finally {
    clearTimeout(timer)
    clearTimeout(killing)
    signal?.removeEventListener('abort', end)
    // The leader may be gone before those it has started are.
    if (killing !== undefined) signalGroup(child, 'SIGKILL')
  }
}
