import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import * as v from 'valibot'
import { JunitError, readJunit } from '../../report/junit-read.ts'
import { putNotebook } from '../run/notebook.ts'
import type { Session } from '../session.ts'
import { packageRoot } from '../version.ts'
import type { Attempt } from './attempt.ts'

const source = join(packageRoot, 'src', 'compute', 'harness', 'tests', 'runner.py')

/** Bytes of a report that are unpacked; a longer one is a mistake, or an attack. */
const longest = 64 * 1024 * 1024

/**
 * Put the notebook that runs pytest into the workspace, unless it is there.
 * @returns its path
 */
export const putRunner = async (session: Session): Promise<string> =>
  await putNotebook(session, 'test-runner', await readFile(source, 'utf8'))

const resultSchema = v.object({ exit: v.number(), junit: v.string(), failed: v.array(v.string()) })

type Read = Pick<Attempt, 'suites' | 'unreadable' | 'ended' | 'failed'>

const parsed = (result: string): v.InferOutput<typeof resultSchema> | undefined => {
  try {
    const { output, success } = v.safeParse(resultSchema, JSON.parse(result))
    return success ? output : undefined
  } catch {
    return undefined
  }
}

const unreadable = (why: string): Read => ({
  suites: [],
  unreadable: `the report of the cluster is of no use: ${why}`,
})

/** https://docs.pytest.org/en/stable/reference/exit-codes.html; 1 and 5 are told by the report itself. */
const exits: Readonly<Record<number, string>> = {
  2: 'pytest was interrupted, or could not collect its tests',
  3: 'pytest had an error of its own',
  4: 'pytest did not understand how it was called',
}

const endedBy = (exit: number): Pick<Attempt, 'ended'> => {
  if (exit === 0 || exit === 1 || exit === 5) return {}
  return { ended: exits[exit] ?? `pytest ended with ${exit}` }
}

/**
 * What the notebook gave back.
 * @param truncated the workspace keeps only the first 5 MB
 */
export const readResult = (result: string | undefined, truncated: boolean): Read => {
  if (result === undefined) return unreadable('the notebook gave none back')
  if (truncated) return unreadable('it is longer than 5 MB: split the suite')
  const found = parsed(result)
  if (found === undefined) return unreadable('it is not what the runner writes')
  try {
    const xml = inflateSync(Buffer.from(found.junit, 'base64'), { maxOutputLength: longest })
    return { suites: readJunit(xml.toString('utf8')), failed: found.failed, ...endedBy(found.exit) }
  } catch (error) {
    if (error instanceof JunitError) return unreadable(error.message)
    return unreadable(error instanceof Error ? error.message : String(error))
  }
}
