import { plainEnv, run } from './process.ts'
import type { Bench } from './sync.ts'

/** Path of a Python 3 that can make virtual environments, the executable itself and no shim; undefined when there is none. */
export const findPython = async ({ scratch, stop }: Bench): Promise<string | undefined> => {
  const script = 'import sys, venv, ensurepip; print(sys.executable)'
  const command = { args: ['-c', script], cwd: scratch, env: plainEnv(scratch), stop }
  const ran = await run({ file: 'python3', ...command }).catch(() => undefined)
  stop.throwIfAborted()
  return ran?.exit === 0 ? ran.stdout.trim() : undefined
}
