import { describe, expect, it } from 'vitest'
import { claim } from '../../src/ledger/claim.ts'
import { promotions, readPromotions } from '../../src/ledger/promotion.ts'
import { unlock } from '../../src/ledger/unlock.ts'
import type { Promotion } from '../../src/plan/state-model.ts'
import { failureOf } from '../http/support.ts'
import { open, owner, place, type Ledger } from './support.ts'

const journal = promotions(place, 'prices')

const promotion: Promotion = {
  action: 'promote',
  model: 'main.models.prices',
  registry: 'unity-catalog',
  place: 'production',
  version: '2',
  from: ['1'],
  evidence: 'e'.repeat(64),
  policy: 'p',
  approvers: [],
  metrics: { rmse: 2.1, r2: 'NaN' },
}

const begin = async ({ client, clock }: Ledger, actor: string, number: number, key = 'prices') =>
  await claim({
    client,
    clock,
    journal: promotions(place, key),
    number,
    command: 'promote',
    owner: owner(actor),
    contents: { promotion },
  })

describe('promotions and deployments have one kind of journal', () => {
  it('of two that planned on the same record one gets the model', async () => {
    const ledger = open()
    const results = await Promise.allSettled([begin(ledger, 'ada', 1), begin(ledger, 'grace', 1)])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const lost = results.find((result) => result.status === 'rejected')
    const failure = await failureOf(Promise.reject(lost?.reason as Error))
    expect(failure).toMatchObject({ code: 'LOCKED', exit: 6 })
    expect(failure.message).toMatch(/^model prices in dev is busy: promotion #1 by/)
    expect(failure.hint).toContain('`brickrail unlock --model prices --force`')
  })

  it('a deployment, and another model, are not in the way', async () => {
    const ledger = open()
    await begin(ledger, 'ada', 1)
    await ledger.begin('grace', 1)
    await begin(ledger, 'linus', 1, 'other')
    expect(await readPromotions(ledger.client, place, 'prices')).toMatchObject([{ owner: { actor: 'ada' } }])
  })

  it('a record comes back as it was, newest first, and evidence beside them is no record', async () => {
    const ledger = open()
    await (await begin(ledger, 'ada', 1)).close({ status: 'done' })
    await (await begin(ledger, 'ada', 2)).close({ status: 'waiting' })
    const folder = `${journal.folder}/evidence`
    await ledger.client.workspace.mkdirs({ path: folder })
    const content = Buffer.from('{}')
    await ledger.client.workspace.upload({
      path: `${folder}/${'1'.repeat(64)}.json`,
      format: 'RAW',
      overwrite: true,
      content,
    })
    const records = await readPromotions(ledger.client, place, 'prices')
    expect(records.map(({ number, status }) => [number, status])).toEqual([
      [2, 'waiting'],
      [1, 'done'],
    ])
    expect(records[1]?.promotion).toEqual(promotion)
    expect(await readPromotions(ledger.client, place, 'prices', 1)).toHaveLength(1)
  })

  it('a dead run is taken over, and finds out', async () => {
    const ledger = open()
    const first = await begin(ledger, 'ada', 1)
    ledger.clock.advance(181_000)
    await begin(ledger, 'grace', 2)
    expect((await failureOf(first.check())).message).toContain(
      'promotion #1 of model prices in dev no longer holds the lock',
    )
  })

  it('its lock can be ended by hand', async () => {
    const ledger = open()
    await begin(ledger, 'ada', 1)
    const { client, clock } = ledger
    const options = { client, clock, journal, isDead: () => false }
    expect((await failureOf(unlock({ ...options, force: false }))).code).toBe('LOCKED')
    expect(await unlock({ ...options, force: true })).toMatchObject({ number: 1 })
    expect(await readPromotions(client, place, 'prices')).toMatchObject([
      { status: 'interrupted', promotion },
    ])
  })

  it('one that cannot be read is named as what it is', async () => {
    const ledger = open()
    await begin(ledger, 'ada', 1)
    const path = `${journal.folder}/000001.json`
    await ledger.client.workspace.upload({ path, format: 'RAW', overwrite: true, content: Buffer.from('{') })
    const failure = await failureOf(readPromotions(ledger.client, place, 'prices'))
    expect(failure).toMatchObject({ code: 'LEDGER_UNREADABLE' })
    expect(failure.message).toContain(
      'the promotion record /Shared/.brickrail/sample/dev/models/prices/000001.json',
    )
  })
})
