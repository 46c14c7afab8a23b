import { appendFile, mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setValue } from '../../host/context.ts'
import type { Run } from '../script.ts'

/** All that a program prints, in the folder of reports. */
export interface LogFile {
  /** Undefined when there is no folder for reports, or it cannot be written. */
  path: () => string | undefined
  write: (lines: readonly string[]) => Promise<void>
}

/** @param name without a folder, e.g. `run-17.log` */
export const createLogFile = ({ world, redactor, emit }: Run, name: string): LogFile => {
  const reports = setValue(world.env['BRICKRAIL_REPORTS'])
  const folder = reports === undefined ? undefined : resolve(world.cwd, reports)
  let path = folder === undefined ? undefined : join(folder, name)
  let begun = false
  const write = async (lines: readonly string[]): Promise<void> => {
    if (folder === undefined || path === undefined || lines.length === 0) return
    try {
      if (!begun) {
        await mkdir(folder, { recursive: true })
        await rm(path, { force: true })
      }
      begun = true
      await appendFile(path, redactor.redact(`${lines.join('\n')}\n`))
    } catch (error) {
      // The run goes on whether or not this machine has room for what it says.
      const text = `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`
      emit({ type: 'notice', level: 'warning', text, hint: 'see whether the disk is full' })
      path = undefined
    }
  }
  return { path: () => (begun ? path : undefined), write }
}
