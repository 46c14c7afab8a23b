import type { Compute, RunningTask } from '../../compute/compute.ts'
import type { CommandResults, CommandStatus, ContextStatus } from '../../wire/commands.ts'

/** One piece of source on its way through a context. */
export interface Command {
  readonly id: string
  status: CommandStatus
  results?: CommandResults
  /** Whether somebody saw it before its end: an end that nobody saw coming leaves waiters untested. */
  seen: boolean
}

/** A Python process that commands share. It lives in this process of the emulator, and ends with it. */
export interface Context {
  readonly id: string
  readonly cluster: string
  /** `running_since` of the cluster: a restart ends its contexts. */
  readonly since: number
  readonly user: string
  readonly language: string
  status: ContextStatus
  seen: boolean
  task?: RunningTask
  /** The context was given up, maybe before it had begun. */
  ended: boolean
  /** Why the status is Error. */
  reason?: string
  readonly commands: Map<string, Command>
  /** One command after the other. */
  queue: Promise<void>
}

const known = new WeakMap<Compute, Map<string, Context>>()

export const contextsOf = (compute: Compute): Map<string, Context> => {
  const found = known.get(compute) ?? new Map<string, Context>()
  known.set(compute, found)
  return found
}

const failed = (summary: string, cause?: string): CommandResults =>
  cause === undefined ? { resultType: 'error', summary } : { resultType: 'error', summary, cause }

const run = async (context: Context, command: Command, source: string): Promise<void> => {
  if (command.status === 'Cancelled') return
  const { task } = context
  if (task === undefined || context.status === 'Error') {
    command.status = 'Error'
    command.results = failed(context.reason ?? 'the context has ended')
    return
  }
  command.status = 'Running'
  const ended = task.done.then(() => undefined)
  const answer = await Promise.race([task.send(source).catch(() => undefined), ended])
  // Meanwhile `cancel` may have been called.
  if ((command.status as CommandStatus) === 'Cancelling') {
    command.status = 'Cancelled'
    return
  }
  command.status = answer === undefined ? 'Error' : 'Finished'
  if (answer === undefined) command.results = failed('the context ended while the command ran')
  else if (answer.ok) command.results = { resultType: 'text', data: answer.text }
  else command.results = failed(answer.summary ?? 'the command failed', answer.trace ?? answer.text)
}

/** Each holds up to 5 MB of output, and a context may live for days. */
const mostKept = 100

export const over: readonly CommandStatus[] = ['Finished', 'Error', 'Cancelled']

const forgetOldest = ({ commands }: Context): void => {
  for (const { id, status } of commands.values()) {
    if (commands.size < mostKept) return
    if (over.includes(status)) commands.delete(id)
  }
}

/** Runs when those before it are over. */
export const enqueue = (context: Context, id: string, source: string): void => {
  forgetOldest(context)
  const command: Command = { id, status: 'Queued', seen: false }
  context.commands.set(id, command)
  context.queue = context.queue.then(() => run(context, command, source))
}

/** How long a command may take to end after an interrupt, in ms. Then the whole context ends. */
const graceMs = 5000

const interrupt = (context: Context, task: RunningTask, command: Command): void => {
  try {
    process.kill(task.pid, 'SIGINT')
  } catch {
    // It is gone already, and so is the command.
  }
  const late = () => {
    if (command.status === 'Cancelling') endContext(context, 'a command did not end when it was cancelled')
  }
  setTimeout(late, graceMs).unref()
}

/** A finished one stays as it is. */
export const cancelCommand = (context: Context, command: Command): void => {
  if (command.status === 'Queued') command.status = 'Cancelled'
  if (command.status !== 'Running' || context.task === undefined) return
  command.status = 'Cancelling'
  interrupt(context, context.task, command)
}

/** Give it up; its process and all that it started end. */
export const endContext = (context: Context, reason: string): void => {
  context.ended = true
  context.status = 'Error'
  context.reason ??= reason
  void context.task?.cancel()
}
