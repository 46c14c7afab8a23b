import { once } from 'node:events'
import { resolve } from 'node:path'
import { createEmulator, type EmulatorOptions } from '../emulator/emulator.ts'
import { Fail } from '../errors.ts'
import { readMode, serverCompute } from './compute.ts'
import type { Run } from './script.ts'

/** @throws Fail USAGE */
export const readPort = (value: string | boolean | undefined): number => {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port
  throw new Fail('USAGE', {
    what: `--port ${String(value)} is not a port`,
    hint: 'give a whole number from 0 to 65535',
  })
}

const listen = async (emulator: ReturnType<typeof createEmulator>, port: number) => {
  try {
    return await emulator.listen(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new Fail('USAGE', {
      what: `port ${port} is taken`,
      hint: 'give another --port, or 0 for any free one',
    })
  }
}

/** Serve until the process is told to end. The token is no secret: it opens nothing but this emulator, on this machine. */
export const serve = async (
  run: Run,
  options: Omit<EmulatorOptions, 'compute' | 'lenient' | 'simulated'> & { port: number; compute?: string },
): Promise<void> => {
  const { port, compute: mode, state, ...others } = options
  // Runs work in folders of their own: a path from here would lead elsewhere there.
  const rest = { ...others, ...(state === undefined ? {} : { state: resolve(run.world.cwd, state) }) }
  const { remove, ...compute } = await serverCompute(run, readMode(mode, '--compute'), rest.state)
  const emulator = createEmulator({ ...rest, ...compute })
  try {
    const server = await listen(emulator, port)
    const text = [
      `the embedded workspace listens on ${server.url}`,
      `  export DATABRICKS_HOST=${server.url} DATABRICKS_TOKEN=${emulator.token}`,
      'end it with Ctrl-C',
    ].join('\n')
    run.world.stdout.write(`${text}\n`)
    if (!run.world.stop.aborted) await once(run.world.stop, 'abort')
    await server.close()
  } finally {
    await emulator.close()
    remove()
  }
}
