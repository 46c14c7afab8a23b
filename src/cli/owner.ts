import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { detectHost, type HostContext } from '../host/detect.ts'
import type { IsDead } from '../ledger/lease.ts'
import type { Owner } from '../ledger/record.ts'
import { readGit } from './git.ts'
import type { World } from './script.ts'

/** Two containers may share host name and pid; they share neither the boot of a kernel nor, on one, the pid namespace. */
const machineOf = (): string => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

const machine = machineOf()

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Dead for certain: it ran on this very machine, and no process has its number. */
export const isDead: IsDead = (owner) => owner.machine === machine && !isRunning(owner.pid)

const actorOf = (): string => {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return hostname()
  }
}

/** Who runs, for lock and ledger: the CI job if there is one, else user and commit of this checkout. */
export const currentOwner = async (world: World, root: string): Promise<Owner> => {
  const found = detectHost(world.env)
  // A CI host tells commit and branch itself.
  const host: HostContext =
    found.host === 'local' ? detectHost(world.env, { actor: actorOf(), ...(await readGit(root)) }) : found
  return {
    id: randomUUID(),
    actor: host.actor ?? actorOf(),
    machine,
    pid: process.pid,
    ...(host.pipelineUrl === undefined ? {} : { pipelineUrl: host.pipelineUrl }),
    ...(host.runId === undefined ? {} : { run: { host: host.host, id: host.runId } }),
    ...(host.commit === undefined ? {} : { commit: host.commit }),
    ...(host.branch === undefined ? {} : { branch: host.branch }),
  }
}
