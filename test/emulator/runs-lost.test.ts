import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { isAlive, newOwner } from '../../src/emulator/runs/owner.ts'
import { book, condition, runsAt } from './runs-at.ts'
import { workspaceAt } from './workspace-at.ts'

const folders: string[] = []
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'brickrail-runs-'))
  folders.push(made)
  return made
}
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true, force: true })))

describe('a run whose emulator is gone', () => {
  it('is lost, and what it left running is ended', async () => {
    const state = folder()
    const first = runsAt({ state })
    const id = await first.submit([book('a'), book('b', { depends_on: [{ task_key: 'a' }] })])
    const { request } = await first.compute.next()
    await first.until(id, 'RUNNING')
    await first.emulator.close('leave')
    const second = runsAt({ state })
    const run = await second.end(id)
    expect(run.state).toMatchObject({
      life_cycle_state: 'INTERNAL_ERROR',
      result_state: 'FAILED',
      state_message: 'The embedded workspace that ran it has ended',
    })
    expect(second.compute.reaped).toContain(request.id)
    const token = request.env['DATABRICKS_TOKEN']
    const me = await second.ask('GET', '/api/2.0/preview/scim/v2/Me', undefined, token)
    expect(me.status).toBe(401)
  })

  it('is found by one that was there all the time', async () => {
    const state = folder()
    const [first, second] = [runsAt({ state }), runsAt({ state })]
    const id = await first.submit([book('a')])
    await first.compute.next()
    await first.emulator.close('leave')
    expect((await second.end(id)).state.state_message).toBe('The embedded workspace that ran it has ended')
  })
})

describe('two emulators on one state', () => {
  it('see each other’s runs, and cancel reaches the one that runs it', async () => {
    const state = folder()
    const [first, second] = [runsAt({ state }), runsAt({ state })]
    const id = await first.submit([book('a')])
    const task = await first.compute.next()
    await second.until(id, 'RUNNING')
    await second.ok('POST', '/api/2.2/jobs/runs/cancel', { run_id: `${id}` })
    expect((await second.end(id)).state.result_state).toBe('CANCELED')
    expect(task.canceled).toBe(true)
    expect(second.compute.started).toEqual([])
  })

  it('share the places of a job', async () => {
    const state = folder()
    const [first, second] = [runsAt({ state }), runsAt({ state })]
    const job = await first.create([book('a')], { queue: { enabled: true } })
    await first.runNow(job)
    const task = await first.compute.next()
    const waiting = await second.runNow(job)
    expect((await second.get(waiting)).state.life_cycle_state).toBe('QUEUED')
    task.end({ outcome: 'SUCCESS' })
    ;(await second.compute.next()).end({ outcome: 'SUCCESS' })
    expect((await second.end(waiting)).state.result_state).toBe('SUCCESS')
  })
})

describe('close', () => {
  it('cancels what runs', async () => {
    const state = folder()
    const first = runsAt({ state })
    const id = await first.submit([book('a')])
    const task = await first.compute.next()
    await first.until(id, 'RUNNING')
    await first.emulator.close()
    expect(task.canceled).toBe(true)
    const { state: found } = await runsAt({ state }).end(id)
    expect(found).toMatchObject({
      result_state: 'CANCELED',
      state_message: 'The embedded workspace was closed while it ran.',
    })
  })
})

it('a run makes progress when nobody looks', async () => {
  const { ok, compute, submit } = runsAt({ clock: 'real' })
  await submit([condition('a', 'yes'), book('b', { depends_on: [{ task_key: 'a' }] })])
  const task = await compute.next()
  task.end({ outcome: 'SUCCESS' })
  await sleep(50)
  const { runs } = (await ok('GET', '/api/2.2/jobs/runs/list?completed_only=true&expand_tasks=true')).body
  expect(runs).toMatchObject([
    { state: { result_state: 'SUCCESS' }, tasks: [{ task_key: 'a' }, { task_key: 'b' }] },
  ])
  expect((await ok('GET', '/api/2.2/jobs/runs/list?active_only=true')).body).toEqual({ has_more: false })
})

it('reset ends what runs, and forgets it', async () => {
  const { ok, ask, compute, submit } = runsAt()
  const id = await submit([book('a')])
  const task = await compute.next()
  await ok('POST', '/_emulator/reset')
  expect(task.canceled).toBe(true)
  expect((await ask('GET', `/api/2.2/jobs/runs/get?run_id=${id}`)).status).toBe(400)
})

describe('simulated', () => {
  it('refuses to run code, yet conditions are decided', async () => {
    const { ok, emulator } = workspaceAt()
    const tasks = [condition('if', 'yes'), book('a', { depends_on: [{ task_key: 'if' }] })]
    const { run_id: id } = (await ok('POST', '/api/2.2/jobs/runs/submit', { tasks })).body
    await sleep(20)
    const get = async () => (await ok('GET', `/api/2.2/jobs/runs/get?run_id=${id}`)).body
    expect((await get()).state.life_cycle_state).toBe('PENDING')
    await get()
    const run = await get()
    expect(run.state).toMatchObject({
      life_cycle_state: 'INTERNAL_ERROR',
      result_state: 'FAILED',
      state_message: 'Task a failed with message: simulated: no code runs here; use --compute process.',
    })
    expect(run.tasks[0].state.result_state).toBe('SUCCESS')
    await emulator.close()
  })
})

describe('owners', () => {
  it('are alive until they end; a number that was given anew is somebody else', () => {
    const owner = newOwner()
    expect(isAlive(owner)).toBe(true)
    const [pid] = owner.split('/')
    expect(isAlive(`${pid}/other/x`)).toBe(false)
    expect(isAlive(`999999999/1/x`)).toBe(false)
    expect(isAlive(`${owner}x`)).toBe(false)
  })

  it.runIf(process.platform === 'linux')('are gone when they are zombies', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 30'])
    onTestFinished(() => void parent.kill('SIGKILL'))
    const pid = String((await once(parent.stdout, 'data'))[0]).trim()
    const begin = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const owner = `${pid}/${begin()[19]}/x`
    expect(isAlive(owner)).toBe(true)
    while (begin()[0] !== 'Z') await sleep(20)
    expect(isAlive(owner)).toBe(false)
  })
})
