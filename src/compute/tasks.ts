import { mkdirSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Compute, ComputeOptions } from './compute.ts'
import { tailOf } from './log-file.ts'
import { endGroup, hasOutlived, isStill } from './process-group.ts'
import { bootId } from './processes.ts'
import { readLeader, runFolder, tidyRunFolder } from './run-folder.ts'
import { markerOf } from './run-variables.ts'
import { grace, startTask, type Started } from './running-task.ts'

type Tasks = Pick<Compute, 'start' | 'log' | 'reap' | 'forget' | 'close'>

/** Which runs of this process there are; each is added before its process is there, so that `end` misses none. */
const openRegistry = () => {
  const starting = new Map<string, Promise<Started>>()
  const running = new Map<string, Started>()
  const lost = new Map<string, string>()
  const add = async (id: string, task: Promise<Started>): Promise<Started> => {
    starting.set(id, task)
    try {
      const begun = await task
      running.set(id, begun)
      void begun.done.then(() => {
        running.delete(id)
        const why = begun.lost()
        if (why !== undefined) lost.set(id, why)
      })
      return begun
    } finally {
      starting.delete(id)
    }
  }
  return {
    add,
    has: (id: string) => starting.has(id) || running.has(id),
    ids: () => [...starting.keys(), ...running.keys()],
    end: async (id: string): Promise<void> => {
      await starting.get(id)?.catch(() => undefined)
      await running.get(id)?.cancel()
    },
    lost: (id: string) => running.get(id)?.lost() ?? lost.get(id),
    forget: (id: string) => lost.delete(id),
  }
}

/** Runs as processes, each with its own folder below `options.folder`. See README.md of this folder. */
export const createTasks = ({ folder, env }: ComputeOptions): Tasks => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // The marker of a process holds this path: it must be spelled the same by the next emulator.
  const root = realpathSync(folder)
  const registry = openRegistry()
  let closed = false
  return {
    start: async (task) => {
      if (closed) throw new Error('local compute is closed')
      if (registry.has(task.id)) throw new Error(`the run ${task.id} runs already`)
      return await registry.add(task.id, startTask(task, runFolder(root, task.id), env))
    },
    log: (id, bytes) => {
      const page = tailOf(runFolder(root, id).log, bytes)
      const why = registry.lost(id)
      return why === undefined
        ? page
        : { ...page, text: `${page.text}\n[the rest of the log is lost: ${why}]\n` }
    },
    reap: async (id) => {
      if (registry.has(id)) return
      const path = runFolder(root, id)
      const leader = await readLeader(path)
      const marker = markerOf(path)
      const signs = { marker, folder: path.path }
      const known =
        leader !== undefined && (isStill(leader, bootId()) || hasOutlived(leader, bootId(), signs))
      await endGroup({ id: known ? leader.pid : 0, marker }, grace)
      await tidyRunFolder(path)
    },
    forget: async (id) => {
      await registry.end(id)
      registry.forget(id)
      await rm(runFolder(root, id).path, { recursive: true, force: true, maxRetries: 3 })
    },
    close: async () => {
      closed = true
      await Promise.all(registry.ids().map(registry.end))
    },
  }
}
