import type { PromotionRecord } from '../../src/ledger/promotion.ts'
import type { Promotion } from '../../src/plan/state-model.ts'

/** A done promotion to production; number n begins and ends on the n-th of November 2026, at noon. */
export const recordOf = (number: number, fields: Partial<Promotion> = {}): PromotionRecord => {
  const at = `2026-11-${String(number).padStart(2, '0')}T12:00:00.000Z`
  return {
    version: 1,
    number,
    status: 'done',
    command: 'promote',
    owner: {
      id: `run ${number}`,
      actor: 'ada',
      machine: 'm',
      pid: 1,
      pipelineUrl: 'https://ci.example/1',
      commit: 'c'.repeat(40),
    },
    startedAt: at,
    beatAt: at,
    ttlSeconds: 180,
    endedAt: at,
    promotion: {
      action: 'promote',
      model: 'prices',
      registry: 'workspace',
      place: 'production',
      version: String(number),
      from: [],
      policy: 'p',
      approvers: [],
      ...fields,
    },
  }
}
