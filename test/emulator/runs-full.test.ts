import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'libsql'
import { afterAll, describe, expect, it } from 'vitest'
import { book, runsAt } from './runs-at.ts'

const folders: string[] = []
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true, force: true })))

/** A workspace whose runs cannot be written while its disk is «full»: SQLite itself refuses, in the words of a full disk. */
const workspace = () => {
  const state = mkdtempSync(join(tmpdir(), 'brickrail-full-'))
  folders.push(state)
  const at = runsAt({ state })
  const sql = (text: string) => {
    const database = new Database(join(state, 'workspace.db'))
    database.exec(text)
    database.close()
  }
  return {
    ...at,
    state,
    fill: () =>
      sql(`CREATE TRIGGER full BEFORE UPDATE ON job_runs
        BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`),
    free: () => sql('DROP TRIGGER full'),
  }
}

describe('a full disk', () => {
  it('ends neither the emulator nor a run: what must be written waits for space', async () => {
    const { submit, compute, until, end, ask, fill, free } = workspace()
    const id = await submit([book('a')])
    const task = await compute.next()
    await until(id, 'RUNNING')
    fill()
    task.end({ outcome: 'SUCCESS' })
    const refused = await ask('POST', '/api/2.2/jobs/runs/cancel', { run_id: `${id}` })
    expect([refused.status, refused.body]).toEqual([
      500,
      { error_code: 'IO_ERROR', message: 'the disk of the embedded workspace is full (ENOSPC)' },
    ])
    await sleep(400)
    free()
    expect((await end(id)).state.result_state).toBe('SUCCESS')
  })

  it('does not keep a closing emulator from ending its runs', async () => {
    const { submit, compute, until, emulator, fill, free, state } = workspace()
    const id = await submit([book('a')])
    const task = await compute.next()
    await until(id, 'RUNNING')
    fill()
    await emulator.close()
    expect(task.canceled).toBe(true)
    free()
    expect((await runsAt({ state }).end(id)).state.state_message).toBe(
      'The embedded workspace that ran it has ended',
    )
  })
})
