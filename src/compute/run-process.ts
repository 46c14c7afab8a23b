import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import type { TaskRequest } from './compute.ts'
import { harness } from './harness-files.ts'
import type { Exit } from './result.ts'
import type { RunFolder } from './run-folder.ts'

/** The leader of a run's process group, just started. */
export interface RunProcess {
  pid: number
  /** Standard output and error. */
  streams: Readable[]
  /** File descriptor 3 of the harness: the task goes in; of a context, commands in and answers out. */
  channel: Duplex
  exited: Promise<Exit>
}

/** One line: read by main.py. Secrets go this way only, so that neither `ps` nor /proc nor the disk shows them. */
const describe = (task: TaskRequest, folder: RunFolder): string =>
  `${JSON.stringify({
    work: task.work,
    dbfsRoot: task.dbfsRoot,
    workspaceRoot: task.workspaceRoot,
    secretScopes: task.secretScopes,
    folder: folder.path,
    result: folder.result,
    parent: process.pid,
  })}\n`

const exitOf = async (child: ChildProcess): Promise<Exit> =>
  await new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })

/**
 * Start the harness as leader of its own session and process group, with nothing on standard input.
 * @throws Error that names the Python which cannot be started
 */
export const startProcess = async (
  task: TaskRequest,
  folder: RunFolder,
  env: Readonly<Record<string, string>>,
): Promise<RunProcess> => {
  const child = spawn(task.python, [join(harness(), 'run.py')], {
    cwd: folder.work,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const exited = exitOf(child)
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw new Error(`${task.python} cannot be started: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    })
  }
  const [, stdout, stderr, channel] = child.stdio as unknown as [null, Readable, Readable, Duplex]
  // A process that dies at once does not read its task: its exit tells.
  channel.on('error', () => undefined)
  channel.write(describe(task, folder))
  if (task.work.kind !== 'context') channel.end()
  return { pid: child.pid ?? 0, streams: [stdout, stderr], channel, exited }
}
