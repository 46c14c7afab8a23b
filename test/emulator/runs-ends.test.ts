import { describe, expect, it } from 'vitest'
import { after, book, resultsOf, runsAt } from './runs-at.ts'

const { ok, compute, submit, create, runNow, get, end, until } = runsAt()
const done = { outcome: 'SUCCESS' } as const
const broken = { outcome: 'FAILED', error: 'ValueError: no', trace: 'Traceback' } as const
const shown = (run: { state: { life_cycle_state: string } }) => run.state.life_cycle_state

describe('attempts', () => {
  it('are repeated as the task says, each with its own id', async () => {
    const id = await submit([book('main', { max_retries: 2, min_retry_interval_millis: 30 })])
    ;(await compute.next()).end(broken)
    ;(await compute.next()).end(broken)
    ;(await compute.next()).end(done)
    const run = await end(id)
    const attempts = run.tasks.map((task: { attempt_number: number; state: { result_state: string } }) => [
      task.attempt_number,
      task.state.result_state,
    ])
    expect(attempts).toEqual([
      [0, 'FAILED'],
      [1, 'FAILED'],
      [2, 'SUCCESS'],
    ])
    expect(new Set(run.tasks.map(({ run_id: one }: { run_id: bigint }) => one)).size).toBe(3)
    expect(run.state.result_state).toBe('SUCCESS')
  })

  it('end when their time is over, by the clock of the workspace', async () => {
    const id = await submit([book('main', { timeout_seconds: 3600 })])
    const task = await compute.next()
    await until(id, 'RUNNING')
    await ok('POST', '/_emulator/clock', { advance_ms: 3_600_000 })
    const run = await end(id)
    expect(task.canceled).toBe(true)
    expect(run.state).toMatchObject({ result_state: 'TIMEDOUT', user_cancelled_or_timedout: true })
  })

  it('end with their run when its time is over', async () => {
    const id = await submit([book('a'), book('b', after('a'))], { timeout_seconds: 60 })
    await compute.next()
    await until(id, 'RUNNING')
    await ok('POST', '/_emulator/clock', { advance_ms: 60_000 })
    const run = await end(id)
    expect([run.state.result_state, resultsOf(run)]).toEqual(['TIMEDOUT', { a: 'TIMEDOUT', b: 'CANCELED' }])
  })
})

describe('cancel', () => {
  it('is asynchronous: TERMINATING, then CANCELED; of an ended run it is nothing', async () => {
    const id = await submit([book('a', { max_retries: 3 }), book('b', after('a'))])
    const task = await compute.next()
    await until(id, 'RUNNING')
    await ok('POST', '/api/2.2/jobs/runs/cancel', { run_id: `${id}` })
    expect(shown(await get(id))).toBe('TERMINATING')
    const run = await end(id)
    expect(task.canceled).toBe(true)
    expect(run.state).toMatchObject({ life_cycle_state: 'TERMINATED', result_state: 'CANCELED' })
    expect(resultsOf(run)).toEqual({ a: 'CANCELED', b: 'CANCELED' })
    await ok('POST', '/api/2.0/jobs/runs/cancel', { run_id: id.toString() })
    expect((await get(id)).state).toEqual(run.state)
  })

  it('of one task lets the others be', async () => {
    const id = await submit([book('a'), book('b')])
    const [first, second] = [await compute.next(), await compute.next()]
    await ok('POST', '/api/2.2/jobs/runs/cancel', { run_id: first.request.id })
    second.end(done)
    const run = await end(id)
    const own = run.tasks.find((task: { run_id: bigint }) => `${task.run_id}` === first.request.id)
    expect(own.state.result_state).toBe('CANCELED')
    expect(Object.values(resultsOf(run)).filter((result) => result === 'SUCCESS')).toHaveLength(1)
  })

  it('-all ends the runs of a job', async () => {
    const job = await create([book('a')], { max_concurrent_runs: 2 })
    const ids = [await runNow(job), await runNow(job)]
    await ok('POST', '/api/2.2/jobs/runs/cancel-all', { job_id: `${job}` })
    for (const id of ids) expect((await end(id)).state.result_state).toBe('CANCELED')
  })
})
