import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { TaskResult } from '../../src/compute/compute.ts'
import { redactResult, resultOf, type Exit } from '../../src/compute/result.ts'
import { runFolder } from '../../src/compute/run-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'brickrail-result-'))
afterAll(() => rmSync(root, { recursive: true }))

let last = 0
const judge = (written: string | undefined, exit: Partial<Exit>, log?: string, lost?: string): TaskResult => {
  const folder = runFolder(root, `${++last}`)
  mkdirSync(folder.path)
  if (written !== undefined) writeFileSync(folder.result, written)
  if (log !== undefined) writeFileSync(folder.log, log)
  return resultOf(folder, { code: null, signal: null, ...exit }, lost)
}

const success = '{"outcome":"SUCCESS"}'
const failed = { outcome: 'FAILED', error: 'ValueError: x', trace: 't' }
const segfault = 'the Python process ended with signal SIGSEGV'

describe('a run', () => {
  it.each<[string, TaskResult, unknown]>([
    ['that said so is a success', judge(success, { code: 0 }, 'log'), { outcome: 'SUCCESS' }],
    ['that failed is FAILED', judge(JSON.stringify(failed), { code: 1 }), failed],
    [
      'that fell over its own end is FAILED',
      judge(success, { signal: 'SIGSEGV' }),
      { outcome: 'FAILED', error: segfault },
    ],
    [
      'without a result shows its last lines',
      judge(undefined, { code: 3 }, 'last words'),
      {
        outcome: 'FAILED',
        error: 'the Python process ended with exit code 3 before the code was done',
        trace: 'last words',
      },
    ],
    [
      'without room for its result says so',
      judge(undefined, { code: 74 }, undefined, 'ENOSPC'),
      { outcome: 'FAILED', error: 'the result of the run could not be written: ENOSPC' },
    ],
    [
      'with half a result is FAILED',
      judge('{"outcome":"SUCC', { signal: 'SIGSEGV' }),
      { outcome: 'FAILED', error: segfault },
    ],
    [
      'with anything else in its place is FAILED',
      judge('null', { signal: 'SIGSEGV' }),
      { outcome: 'FAILED', error: segfault },
    ],
  ])('%s', (_name, result, expected) => {
    expect(result).toEqual(expected)
  })

  it('tells no secret', () => {
    const told: TaskResult = {
      outcome: 'FAILED',
      error: 'ValueError: s3cret',
      trace: 'in s3cret',
      notebookResult: { result: 's3cret', truncated: false },
    }
    expect(redactResult(told, ['s3cret'])).toEqual({
      outcome: 'FAILED',
      error: 'ValueError: [REDACTED]',
      trace: 'in [REDACTED]',
      notebookResult: { result: '[REDACTED]', truncated: false },
    })
  })
})
