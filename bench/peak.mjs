/** Preloaded into the measured process: at its end it writes its peak resident memory in bytes to $BENCH_PEAK_FILE. */
import { readFileSync, writeFileSync } from 'node:fs'

/** Not `maxRSS` where it can be avoided: Linux hands that down from the process that started this one. */
const peak = () => {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    if (found) return Number(found[1]) * 1024
  } catch {
    // no /proc: not Linux
  }
  return process.resourceUsage().maxRSS * 1024
}

process.on('exit', () => writeFileSync(process.env.BENCH_PEAK_FILE ?? '', String(peak())))
