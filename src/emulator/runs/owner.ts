/** Which process runs a run: two may share a state folder, and one may be gone. */
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** When a process began, so that a number that was given anew is not taken for it; undefined: there is no such process. */
const beginOf = (pid: number): string | undefined => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined
  }
  try {
    // Field 22 of stat, counted behind the command's name, which may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Killed, and waiting for its parent to ask: in a container often for ever.
    return fields[0] === 'Z' ? undefined : (fields[19] ?? '')
  } catch {
    return beginByPs(pid)
  }
}

const beginByPs = (pid: number): string => {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** Those of this process: an emulator that was left without close() is gone as well. */
const here = new Set<string>()

/** A new name: `pid/begin/random`. */
export const newOwner = (): string => {
  const owner = `${process.pid}/${beginOf(process.pid)}/${randomUUID()}`
  here.add(owner)
  return owner
}

export const endOwner = (owner: string): void => void here.delete(owner)

export const isAlive = (owner: string): boolean => {
  const [pid = '', begin = ''] = owner.split('/')
  if (Number(pid) === process.pid && begin === beginOf(process.pid)) return here.has(owner)
  return beginOf(Number(pid)) === begin
}
