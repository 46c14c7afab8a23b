import { setTimeout as sleep } from 'node:timers/promises'
import { findProcess, hasMarker, listProcesses, worksIn, type Listed } from './processes.ts'

/** What belongs to one run: a process group, and whatever left it but still carries the run's marker. */
export interface Group {
  /** Process group; 0: not known any more, the marker alone counts. */
  id: number
  /** `NAME=value` in the environment of every process of the run. */
  marker: string
}

/** ms between two looks at what is left. */
const shortest = 5
const longest = 200

/** Living processes of the run, also those that made a session of their own (where there is /proc). */
export const membersOf = ({ id, marker }: Group): Listed[] =>
  listProcesses().filter(
    ({ pid, group }) => pid !== process.pid && ((id > 0 && group === id) || hasMarker(pid, marker)),
  )

const signalOne = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended in between.
  }
}

const signalAll = (group: Group, signal: NodeJS.Signals): number => {
  const members = membersOf(group)
  for (const { pid } of members) signalOne(pid, signal)
  return members.length
}

/** ms of SIGKILL: a process that outlives them belongs to somebody else (sudo), or waits for a device for ever. */
const patience = 30_000

/**
 * SIGTERM, and after the grace SIGKILL until nothing is left; what is forked in between is found by the next look. What cannot be
 * killed is left after half a minute: nobody can wait for it.
 * @param graceMs 0: SIGKILL at once
 */
export const endGroup = async (group: Group, graceMs: number): Promise<void> => {
  const deadline = Date.now() + graceMs
  const last = deadline + patience
  let left = graceMs > 0 ? signalAll(group, 'SIGTERM') : signalAll(group, 'SIGKILL')
  for (let pause = shortest; left > 0 && Date.now() < last; pause = Math.min(pause * 2, longest)) {
    await sleep(pause)
    left = Date.now() < deadline ? membersOf(group).length : signalAll(group, 'SIGKILL')
  }
}

/** Written beside the log of a run, for the emulator after this one. */
export interface Leader {
  pid: number
  started: string
  boot: string
}

/** Whether the process of that number still is the one that was written down. */
export const isStill = ({ pid, started, boot }: Leader, now: string): boolean =>
  boot === now && findProcess(pid)?.started === started

/**
 * Whether a group outlived its leader, which dies with the emulator. Its number is not given to another group while it has a
 * process; that the processes of that number are the run's is told by any that has the marker or works in the run's folder.
 */
export const hasOutlived = (
  { pid: id, boot }: Leader,
  now: string,
  { marker, folder }: { marker: string; folder: string },
): boolean =>
  boot === now &&
  findProcess(id) === undefined &&
  listProcesses().some(({ pid, group }) => group === id && (hasMarker(pid, marker) || worksIn(pid, folder)))
