import { readFile, stat } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { JunitError, readJunit } from '../../report/junit-read.ts'
import type { TestSuite } from '../../report/tests.ts'
import type { Attempt } from './attempt.ts'

/** Path of each report that is there -> its time and size: what is the same after a run was not written by it. */
export type Reports = ReadonlyMap<string, string>

const found = async (root: string, pattern: string): Promise<string[]> => {
  // Loaded here: only suites with reports of their own need it.
  const { glob } = await import('zx')
  return await glob(pattern, { cwd: root, absolute: true, dot: true, onlyFiles: true })
}

/** @param pattern path or glob from `root` */
export const reportsAt = async (root: string, pattern: string): Promise<Reports> => {
  const reports = new Map<string, string>()
  for (const path of await found(root, pattern)) {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true })
    reports.set(path, `${mtimeNs} ${size} ${ino}`)
  }
  return reports
}

type Read = Pick<Attempt, 'suites' | 'noReport' | 'unreadable'>

const readOne = async (path: string, name: string): Promise<TestSuite[]> => {
  try {
    return readJunit(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof JunitError) throw new JunitError(`its report ${name} is of no use: ${error.message}`)
    throw error
  }
}

/**
 * The reports that a run has written: new, or not as they were before it. A report of an earlier run says nothing about this one.
 * @param before reports that were there when the run began
 */
export const readReports = async (root: string, pattern: string, before: Reports): Promise<Read> => {
  const now = await reportsAt(root, pattern)
  const fresh = [...now].filter(([path, mark]) => before.get(path) !== mark).map(([path]) => path)
  const suites: TestSuite[] = []
  if (fresh.length === 0) {
    const noReport =
      now.size === 0 ? `it left no report ${pattern}` : `the report ${pattern} is from an earlier run`
    return { suites, noReport }
  }
  try {
    for (const path of fresh.toSorted())
      suites.push(...(await readOne(path, relative(root, path).split(sep).join('/'))))
    return { suites }
  } catch (error) {
    if (!(error instanceof JunitError)) throw error
    return { suites, unreadable: error.message }
  }
}
