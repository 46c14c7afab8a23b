/** Execution contexts and commands, API 1.2: https://docs.databricks.com/api/workspace/commandexecution. Python only. */
import type { Compute } from '../compute/compute.ts'
import type { commands } from '../wire/commands.ts'
import { demand } from './acl.ts'
import { existing } from './cluster/machine.ts'
import type { ClusterRecord } from './cluster/record.ts'
import {
  cancelCommand,
  contextsOf,
  endContext,
  enqueue,
  over,
  type Command,
  type Context,
} from './command/context.ts'
import { startContext } from './command/start.ts'
import type { Call, Handlers } from './server/call.ts'
import { nextId } from './server/clock.ts'
import { neededText } from './server/read.ts'
import { absent, badState, badValue, notImplemented } from './server/refused.ts'

interface InContext {
  readonly clusterId?: unknown
  readonly contextId?: unknown
}

const neededCompute = (call: Call): Compute => {
  if (call.site.compute !== undefined) return call.site.compute
  throw notImplemented(`is ${call.site.simulated}`)
}

const runningCluster = (call: Call, id: unknown): ClusterRecord & { running_since: number } => {
  const cluster = existing(call, neededText(id, 'clusterId'))
  demand(call, 'clusters', [`/clusters/${cluster.cluster_id}`], 'CAN_ATTACH_TO')
  const { state, running_since: since } = cluster
  if (state === 'RUNNING' && since !== undefined) return { ...cluster, running_since: since }
  throw badState(
    `ClusterNotReadyException: Cluster ${cluster.cluster_id} is ${state}, not RUNNING. Start it first.`,
  )
}

const demandPython = (language: unknown): string => {
  const given = neededText(language, 'language').toLowerCase()
  if (given === 'python') return given
  throw badValue(`Language ${given} is not supported: the embedded workspace runs python only.`)
}

/** A restart or the end of a cluster ends its contexts. */
const sweep = (call: Call, contexts: Map<string, Context>, cluster: ClusterRecord): void => {
  for (const context of contexts.values()) {
    if (context.cluster !== cluster.cluster_id || context.since === cluster.running_since) continue
    contexts.delete(context.id)
    call.site.later(() => endContext(context, 'the cluster was restarted'))
  }
}

const neededContext = (call: Call, { clusterId, contextId }: InContext): Context => {
  const compute = neededCompute(call)
  const cluster = runningCluster(call, clusterId)
  sweep(call, contextsOf(compute), cluster)
  const id = neededText(contextId, 'contextId')
  const context = contextsOf(compute).get(id)
  if (context?.cluster === cluster.cluster_id && context.user === call.me.user) return context
  throw absent(`ContextNotFoundException: Context ${id} does not exist on cluster ${cluster.cluster_id}.`)
}

const neededCommand = (context: Context, id: unknown): Command => {
  const command = context.commands.get(neededText(id, 'commandId'))
  if (command === undefined) throw absent(`CommandNotFoundException: Command ${String(id)} does not exist.`)
  return command
}

/** Its end is shown only after it was seen on its way. */
const shown = (command: Command) => {
  const { id, status, results, seen } = command
  command.seen = true
  if (!over.includes(status)) return { id, status }
  if (!seen) return { id, status: 'Running' as const }
  return results === undefined ? { id, status } : { id, status, results }
}

export const commandsHandlers: Handlers<typeof commands> = {
  createContext: (input, call) => {
    const language = demandPython(input.language)
    const compute = neededCompute(call)
    const cluster = runningCluster(call, input.clusterId)
    sweep(call, contextsOf(compute), cluster)
    const context: Context = {
      id: nextId(call.db),
      cluster: cluster.cluster_id,
      since: cluster.running_since,
      user: call.me.user,
      language,
      status: 'Pending',
      seen: false,
      ended: false,
      commands: new Map(),
      queue: Promise.resolve(),
    }
    call.site.later(() => {
      contextsOf(compute).set(context.id, context)
      context.queue = startContext(call, compute, cluster, context)
    })
    return { id: context.id }
  },
  contextStatus: (input, call) => {
    const context = neededContext(call, input)
    const { id, status, seen } = context
    context.seen = true
    return { id, status: seen ? status : 'Pending' }
  },
  destroyContext: (input, call) => {
    const context = neededContext(call, input)
    call.site.later(() => {
      contextsOf(neededCompute(call)).delete(context.id)
      endContext(context, 'the context was destroyed')
    })
    return { id: context.id }
  },
  execute: (input, call) => {
    const context = neededContext(call, input)
    demandPython(input.language)
    const source = neededText(input.command, 'command')
    const id = nextId(call.db)
    call.site.later(() => enqueue(context, id, source))
    return { id }
  },
  status: (input, call) => shown(neededCommand(neededContext(call, input), input.commandId)),
  cancel: (input, call) => {
    const context = neededContext(call, input)
    const command = neededCommand(context, input.commandId)
    call.site.later(() => cancelCommand(context, command))
    return { id: command.id }
  },
}
