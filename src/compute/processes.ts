/** Processes as the system lists them: from /proc on Linux, from `ps` elsewhere. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface Listed {
  pid: number
  group: number
  /** When it started, in a form that only compares: a process number is given again, this pair is not. */
  started: string
}

const hasProc = existsSync('/proc/self/stat')

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name may hold blanks and brackets. */
const parseStat = (pid: number, stat: string): Listed | undefined => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, , group] = fields
  // Dead, and waiting for somebody to ask: in a container often for ever.
  if (state === 'Z' || state === 'X' || group === undefined) return undefined
  return { pid, group: Number(group), started: fields[19] ?? '' }
}

const readStat = (pid: number): Listed | undefined => {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}

const parsePs = (line: string): Listed | undefined => {
  const [pid, group, state, ...started] = line.trim().split(/\s+/)
  if (pid === undefined || group === undefined || state?.startsWith('Z')) return undefined
  return { pid: Number(pid), group: Number(group), started: started.join(' ') }
}

const fromPs = (...which: string[]): Listed[] => {
  const { stdout } = spawnSync('ps', [...which, '-o', 'pid=,pgid=,stat=,lstart='], { encoding: 'utf8' })
  return (stdout ?? '')
    .split('\n')
    .map(parsePs)
    .filter((listed) => listed !== undefined)
}

/** Every living process that this user may see. */
export const listProcesses = (): Listed[] =>
  hasProc
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((name) => readStat(Number(name)))
        .filter((listed) => listed !== undefined)
    : fromPs('-A')

/** One living process. */
export const findProcess = (pid: number): Listed | undefined =>
  hasProc ? readStat(pid) : fromPs('-p', `${pid}`)[0]

/** Whether a process was started with this entry (`NAME=value`) in its environment. False where the system does not tell. */
export const hasMarker = (pid: number, entry: string): boolean => {
  if (!hasProc) return false
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
    return `\0${environment}`.includes(`\0${Buffer.from(entry).toString('latin1')}\0`)
  } catch {
    return false
  }
}

/** Whether a process works in that folder, or below it. False where the system does not tell. */
export const worksIn = (pid: number, folder: string): boolean => {
  if (!hasProc) return false
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`)
  } catch {
    return false
  }
}

/** Names this start of the machine: process numbers and start times of another one mean nothing. */
export const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}
