import { mkdir } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { RunningTask, TaskRequest, TaskResult } from './compute.ts'
import { converse } from './conversation.ts'
import { openLog, type LogFile } from './log-file.ts'
import { endGroup, type Group } from './process-group.ts'
import { bootId, findProcess } from './processes.ts'
import { redactText } from './redact-stream.ts'
import { redactResult, resultOf, sayExit, type Exit } from './result.ts'
import { makeRunFolder, tidyRunFolder, writeLeader, type RunFolder } from './run-folder.ts'
import { startProcess, type RunProcess } from './run-process.ts'
import { markerOf, passwordsIn, runVariables } from './run-variables.ts'

/** ms between SIGTERM and SIGKILL of a run that is cancelled or late. */
export const grace = 5000
/** The same for what a run left behind when it ended by itself. */
const leftoverGrace = 1000
/** ms to wait for output that a process outside of the group still holds open. */
const patience = 2000
/** Timers of Node are 32 bits; a longer limit is 24 days. */
const longestTimer = 2 ** 31 - 1

interface Stop {
  outcome: 'CANCELED' | 'TIMEDOUT'
  ended: Promise<void>
}

export interface Started extends RunningTask {
  /** Why the log is not whole. */
  readonly lost: () => string | undefined
}

/** To their ends, or until nobody of the run is left who could write. */
const drained = async (log: LogFile, streams: readonly Readable[], over: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const givenUp = over.then(() => {
    timer = setTimeout(() => {
      for (const stream of streams) stream.destroy()
    }, patience)
  })
  await Promise.all(streams.map(async (stream) => await log.drain(stream)))
  await givenUp
  clearTimeout(timer)
}

/** The first to say so ends the run; nothing can once its leader has ended by itself. */
const stopper = (group: Group, exited: Promise<Exit>) => {
  let stop: Stop | undefined
  let over = false
  void exited.then(() => (over = true))
  return {
    stop: (outcome: Stop['outcome']): void => {
      if (!over) stop ??= { outcome, ended: endGroup(group, grace) }
    },
    stopped: () => stop,
  }
}

type Stopper = ReturnType<typeof stopper>

interface Supervised {
  task: TaskRequest
  folder: RunFolder
  log: LogFile
  group: Group
  run: RunProcess
  stopping: Stopper
}

const supervise = async ({ task, folder, log, group, run, stopping }: Supervised): Promise<TaskResult> => {
  const timer =
    task.timeoutMs === undefined
      ? undefined
      : setTimeout(() => stopping.stop('TIMEDOUT'), Math.min(task.timeoutMs, longestTimer))
  const gone = run.exited.then(async () => {
    clearTimeout(timer)
    await (stopping.stopped()?.ended ?? endGroup(group, leftoverGrace))
  })
  await drained(log, run.streams, gone)
  const exit = await run.exited
  await log.close()
  const outcome = stopping.stopped()?.outcome
  const result = outcome ? { outcome } : redactResult(resultOf(folder, exit, log.lost()), task.secrets)
  run.channel.destroy()
  // A run may have left what cannot be removed: that does not change what it came to.
  await tidyRunFolder(folder).catch(() => undefined)
  return result
}

const sender = (task: TaskRequest, { channel, exited }: RunProcess): RunningTask['send'] => {
  if (task.work.kind !== 'context')
    return async () => await Promise.reject(new Error('only a context takes commands'))
  const conversation = converse(channel)
  void exited.then((exit) => conversation.end(sayExit(exit)))
  const clean = (text: string) => redactText(text, task.secrets)
  return async (source) => {
    const { ok, text, summary, trace } = await conversation.send(source)
    return {
      ok,
      text: clean(text),
      ...(summary === undefined ? {} : { summary: clean(summary) }),
      ...(trace === undefined ? {} : { trace: clean(trace) }),
    }
  }
}

/** Written down for the next emulator. On a full disk it is not: then the marker alone tells what belongs to the run. */
const noteLeader = async (folder: RunFolder, pid: number): Promise<void> => {
  const started = findProcess(pid)?.started
  if (started === undefined) return
  await writeLeader(folder, { pid, started, boot: bootId() }).catch(() => undefined)
}

const failed = (error: unknown): TaskResult => ({
  outcome: 'FAILED',
  error: `the run was lost sight of: ${error instanceof Error ? error.message : String(error)}`,
})

/**
 * Start one run.
 * @throws Error when its folder or log cannot be made, or its Python not be started
 */
export const startTask = async (
  given: TaskRequest,
  folder: RunFolder,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Started> => {
  const task = { ...given, secrets: [...given.secrets, ...passwordsIn(env)] }
  await makeRunFolder(folder)
  for (const root of [task.dbfsRoot, task.workspaceRoot]) await mkdir(root, { recursive: true })
  const log = await openLog(folder.log, task.secrets)
  const run = await startProcess(task, folder, runVariables(env, folder, task)).catch(async (error) => {
    await log.close()
    throw error
  })
  const group = { id: run.pid, marker: markerOf(folder) }
  const stopping = stopper(group, run.exited)
  const send = sender(task, run)
  const done = supervise({ task, folder, log, group, run, stopping }).catch(failed)
  await noteLeader(folder, run.pid)
  return {
    pid: run.pid,
    done,
    lost: log.lost,
    send,
    cancel: async () => {
      stopping.stop('CANCELED')
      return await done
    },
  }
}
