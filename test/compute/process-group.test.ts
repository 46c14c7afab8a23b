import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { endGroup, isStill, membersOf } from '../../src/compute/process-group.ts'
import { bootId, findProcess } from '../../src/compute/processes.ts'

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

const ignoring = `process.on('SIGTERM', () => console.log('no')); console.log('up'); setInterval(() => {}, 1000)`

/** A leader of its own group, up. */
const leader = async (marker: string): Promise<number> => {
  const child = spawn(process.execPath, ['-e', ignoring], { detached: true, env: { MARK: marker } })
  started.push(child)
  await once(child.stdout, 'data')
  return child.pid ?? 0
}

const pids = (id: number, marker: string) => membersOf({ id, marker: `MARK=${marker}` }).map(({ pid }) => pid)

describe('a process group', () => {
  it('is found by its number, and its processes by their marker', async () => {
    const [one, two] = await Promise.all([leader('one'), leader('two')])
    expect(pids(one, 'nobody')).toEqual([one])
    expect(pids(0, 'two')).toEqual(process.platform === 'linux' ? [two] : [])
    expect(pids(0, 'nobody')).toEqual([])
  })

  it('ends for good, also when it ignores the first word', async () => {
    const one = await leader('one')
    await endGroup({ id: one, marker: 'MARK=nobody' }, 100)
    expect(pids(one, 'nobody')).toEqual([])
    await endGroup({ id: one, marker: 'MARK=nobody' }, 100)
  })

  it('is known again by start and boot, not by its number', async () => {
    const one = await leader('one')
    const known = { pid: one, started: findProcess(one)?.started ?? '', boot: bootId() }
    expect(known.started).not.toBe('')
    expect(isStill(known, bootId())).toBe(true)
    expect(isStill({ ...known, started: '1' }, bootId())).toBe(false)
    expect(isStill(known, 'another boot')).toBe(false)
    await endGroup({ id: one, marker: 'MARK=nobody' }, 0)
    expect(isStill(known, bootId())).toBe(false)
  })
})
