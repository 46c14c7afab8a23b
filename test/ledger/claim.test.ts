import { describe, expect, it } from 'vitest'
import { isHeld } from '../../src/ledger/lease.ts'
import { readHistory, readLedger } from '../../src/ledger/read.ts'
import type { DeploymentRecord } from '../../src/ledger/record.ts'
import { unlock } from '../../src/ledger/unlock.ts'
import { failureOf } from '../http/support.ts'
import { journal, open, owner, place, type Ledger } from './support.ts'

const nobodyDead = () => false
const tail = async ({ client }: Ledger) => (await readLedger(client, place)).tail
const newest = async ({ client }: Ledger) => (await readLedger(client, place)).records[0]

describe('two runs that planned on the same record', () => {
  it('one gets the target, the other is told who has it and where to look', async () => {
    const ledger = open()
    const results = await Promise.allSettled([ledger.begin('ada', 1), ledger.begin('grace', 1)])
    const won = results.filter(({ status }) => status === 'fulfilled')
    const lost = results.find((result) => result.status === 'rejected')
    expect(won).toHaveLength(1)
    const holder = (await newest(ledger))?.owner.actor
    const failure = await failureOf(Promise.reject(lost?.reason as Error))
    expect(failure).toMatchObject({ code: 'LOCKED', exit: 6 })
    expect(failure.message).toContain(`deployment #1 by ${holder} since 2026-11-21T12:00:00.000Z`)
    expect(failure.message).toContain(`https://ci.example/${holder}`)
    expect(failure.hint).toContain('180 s')
  })

  it('of twenty, one gets it', async () => {
    const ledger = open()
    const names = Array.from({ length: 20 }, (_, index) => `run-${index}`)
    const results = await Promise.allSettled(names.map((name) => ledger.begin(name, 1)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('a plan made before another deployment finished cannot be applied', async () => {
    const ledger = open()
    await (await ledger.begin('ada', 1)).close({ status: 'done', state: { clusters: {} } })
    const failure = await failureOf(ledger.begin('grace', 1))
    expect([failure.code, failure.exit]).toEqual(['OVERTAKEN', 6])
    await expect(ledger.begin('grace', 2)).resolves.toMatchObject({ number: 2 })
  })
})

describe('a claim whose answer is lost', () => {
  it.each([
    ['after it took effect', { drop: 'after' }],
    ['before it took effect', { drop: 'before' }],
    ['as half of an answer', { truncate: true }],
    ['as 504, twice', { status: 504, times: 2 }],
  ])('%s is settled by looking whose record is there', async (_name, fault) => {
    const ledger = open()
    await (await ledger.begin('ada', 1)).close({ status: 'done', state: { clusters: {} } })
    await ledger.control('faults', { method: 'POST', path: '/api/2.0/workspace/import', ...fault })
    expect((await ledger.begin('grace', 2)).number).toBe(2)
    expect((await newest(ledger))?.owner.actor).toBe('grace')
  })

  it('while another run was faster, is no claim', async () => {
    const ledger = open()
    await ledger.begin('ada', 1)
    await ledger.control('faults', { method: 'POST', path: '/api/2.0/workspace/import', drop: 'before' })
    expect((await failureOf(ledger.begin('grace', 1))).message).toContain('by ada')
  })

  it('three times is given up', async () => {
    const ledger = open()
    await (await ledger.begin('ada', 1)).close({ status: 'done', state: { clusters: {} } })
    await ledger.control('faults', { path: '/api/2.0/workspace/import', drop: 'before', times: 0 })
    expect((await failureOf(ledger.begin('grace', 2))).code).toBe('ANSWER_LOST')
  })
})

describe('signs of life', () => {
  it('are written every quarter of the time to live, and not more often', async () => {
    const ledger = open()
    const claim = await ledger.begin('ada', 1)
    const before = await ledger.count()
    for (let i = 0; i < 44; i += 1) {
      ledger.clock.advance(1000)
      await claim.pulse()
    }
    expect(await ledger.count()).toBe(before)
    ledger.clock.advance(1000)
    await Promise.all([claim.pulse(), claim.pulse(), claim.pulse()])
    // A look whether somebody has taken over, one whether the record is still open, one write.
    expect(await ledger.count()).toBe(before + 3)
    expect((await newest(ledger))?.beatAt).toBe('2026-11-21T12:00:45.000Z')
  })

  it('tell a run that was taken for dead that it is not the owner any more', async () => {
    const ledger = open()
    const claim = await ledger.begin('ada', 1)
    ledger.clock.advance(181_000)
    await ledger.begin('grace', 2)
    const failure = await failureOf(claim.pulse())
    expect(failure).toMatchObject({ code: 'LOCK_LOST', exit: 6 })
    expect(failure.message).toContain('grace has taken over with #2')
    expect((await newest(ledger))?.owner.actor).toBe('grace')
  })

  it('tell a run whose lock was ended by hand to stop, and it does not close over that', async () => {
    const ledger = open()
    const claim = await ledger.begin('ada', 1)
    const { client, clock } = ledger
    await unlock({ client, clock, journal, isDead: () => false, force: true })
    clock.advance(60_000)
    expect((await failureOf(claim.pulse())).message).toContain('ended by hand')
    expect((await failureOf(claim.close({ status: 'done', state: {} }))).code).toBe('LOCK_LOST')
    expect((await newest(ledger))?.status).toBe('interrupted')
  })

  const base: DeploymentRecord = {
    version: 1,
    number: 1,
    status: 'open',
    command: 'deploy',
    owner: owner('ada'),
    startedAt: '2026-11-21T12:00:00.000Z',
    beatAt: '2026-11-21T12:01:00.000Z',
    ttlSeconds: 180,
    summary: [],
    touches: [],
  }
  const at = (seconds: number) => Date.parse(base.beatAt) + seconds * 1000
  const rows: [string, Partial<DeploymentRecord>, number, boolean, boolean][] = [
    ['just beaten', {}, at(0), false, true],
    ['in its last millisecond', {}, at(180) - 1, false, true],
    ['at its end', {}, at(180), false, false],
    ['its process is dead', {}, at(0), true, false],
    ['done', { status: 'done' }, at(0), false, false],
    ['failed', { status: 'failed' }, at(0), false, false],
    ['interrupted', { status: 'interrupted' }, at(0), false, false],
    ['another time to live', { ttlSeconds: 10 }, at(11), false, false],
  ]
  it.each(rows)('%s', (_name, fields, now, dead, held) => {
    expect(isHeld({ ...base, ...fields }, now, () => dead)).toBe(held)
  })
})

describe('unlock', () => {
  const options = (ledger: Ledger, force: boolean, dead = false) => ({
    client: ledger.client,
    clock: ledger.clock,
    journal,
    isDead: () => dead,
    force,
  })

  it('nothing is locked', async () => {
    const ledger = open()
    expect(await unlock(options(ledger, false))).toBeUndefined()
    await (await ledger.begin('ada', 1)).close({ status: 'done', state: { clusters: {} } })
    expect(await unlock(options(ledger, true))).toBeUndefined()
    expect(await tail(ledger)).toMatchObject({ number: 1, unsettled: [] })
  })

  it('is refused while its run is alive', async () => {
    const ledger = open()
    await ledger.begin('ada', 1, ['a.txt'])
    expect((await failureOf(unlock(options(ledger, false)))).code).toBe('LOCKED')
    expect((await newest(ledger))?.status).toBe('open')
  })

  const rows: [string, boolean, boolean, number][] = [
    ['its run is alive, but force is given', true, false, 0],
    ['its process is dead', false, true, 0],
    ['its time is over', false, false, 181_000],
  ]
  it.each(rows)('%s', async (_name, force, dead, later) => {
    const ledger = open()
    await ledger.begin('ada', 1, ['a.txt'])
    ledger.clock.advance(later)
    expect(await unlock(options(ledger, force, dead))).toMatchObject({ number: 1, owner: { actor: 'ada' } })
    // What it may have written is still in doubt, and is settled by the next deployment.
    expect(await newest(ledger)).toMatchObject({ status: 'interrupted', failure: { code: 'UNLOCKED' } })
    expect((await tail(ledger)).unsettled).toMatchObject([{ number: 1, paths: ['a.txt'] }])
  })
})

describe('what the next deployment reads', () => {
  it('the newest finished state, and every run since then', async () => {
    const ledger = open()
    const state = { clusters: { Main: { id: 'x', spec: {}, libraries: [], strategy: 'auto' as const } } }
    await (await ledger.begin('ada', 1)).close({ status: 'done', state: { clusters: {} } })
    await (await ledger.begin('ada', 2)).close({ status: 'done', state })
    await (
      await ledger.begin('ada', 3, ['a'])
    ).close({ status: 'failed', failure: { code: 'X', message: 'x' } })
    await ledger.begin('ada', 4, ['b'])
    const before = await ledger.count()
    const found = await tail(ledger)
    expect(found).toMatchObject({
      number: 4,
      state,
      unsettled: [
        { number: 4, paths: ['b'] },
        { number: 3, paths: ['a'] },
      ],
    })
    expect(found.closedAt).toBeDefined()
    // One list, and one read per record back to the finished one.
    expect((await ledger.count()) - before).toBe(4)
  })

  it('nothing was deployed yet', async () => {
    expect(await tail(open())).toEqual({ number: 0, unsettled: [] })
  })

  it('history is newest first, and no longer than asked', async () => {
    const ledger = open()
    for (const number of [1, 2, 3])
      await (await ledger.begin('ada', number)).close({ status: 'done', state: { clusters: {} } })
    const records = await readHistory(ledger.client, place, 2)
    expect(records.map(({ number }) => number)).toEqual([3, 2])
    expect(isHeld(records[0] as DeploymentRecord, ledger.clock.now(), nobodyDead)).toBe(false)
  })
})
