import { Fail } from '../../errors.ts'
import { readTime } from '../../gate/time.ts'
import type { PromotionRecord } from '../../ledger/promotion.ts'
import type { Place } from '../../plan/state-policy.ts'
import { textTable, type Column } from '../../report/table.ts'
import { changes } from './record.ts'

/** One record for `--output json`. */
export const promotionData = ({ promotion, owner, ...record }: PromotionRecord): Record<string, unknown> => ({
  number: record.number,
  status: record.status,
  action: promotion.action,
  model: promotion.model,
  registry: promotion.registry,
  place: promotion.place,
  version: promotion.version,
  from: promotion.from,
  actor: owner.actor,
  approvers: promotion.approvers,
  verdict: promotion.verdict ?? null,
  evidence: promotion.evidence ?? null,
  policy: promotion.policy,
  metrics: promotion.metrics ?? null,
  commit: promotion.commit ?? owner.commit ?? null,
  pipeline_url: owner.pipelineUrl ?? null,
  started_at: record.startedAt,
  ended_at: record.endedAt ?? null,
  reason: promotion.reason ?? null,
  failure: record.failure ?? null,
})

const utc = (iso: string): string => iso.replace('T', ' ').slice(0, 19)

const listed = (values: readonly string[]): string => (values.length === 0 ? '-' : values.join(', '))

const whyOf = ({ failure, promotion }: PromotionRecord): string | undefined =>
  (failure?.message ?? promotion.reason)?.split('\n')[0]?.slice(0, 120)

const columns: readonly Column<PromotionRecord>[] = [
  { title: 'number', value: ({ number }) => `#${number}` },
  { title: 'outcome', value: ({ status }) => status },
  { title: 'what', value: ({ promotion }) => `${promotion.action} to ${promotion.place}` },
  { title: 'from', value: ({ promotion }) => listed(promotion.from), align: 'right' },
  { title: 'to', value: ({ promotion }) => promotion.version, align: 'right' },
  { title: 'when (UTC)', value: ({ startedAt }) => utc(startedAt) },
  { title: 'by', value: ({ owner }) => owner.actor },
  { title: 'approved by', value: ({ promotion }) => listed(promotion.approvers.map(({ user }) => user)) },
  { title: 'evidence', value: ({ promotion }) => promotion.evidence?.slice(0, 12) ?? '-' },
  {
    title: 'commit',
    value: ({ promotion, owner }) => (promotion.commit ?? owner.commit)?.slice(0, 8) ?? '-',
  },
  { title: 'why', value: whyOf },
]

/** @param records newest first */
export const promotionsTable = (key: string, records: readonly PromotionRecord[]): string =>
  records.length === 0 ? `nothing was promoted of ${key} yet` : textTable(columns, records)

/** Who was at the places at a moment. */
interface WhoWas {
  /** ISO 8601 */
  at: string
  production: { version: string | null; record?: number; since?: string }
  staging: { version: string | null; record?: number; since?: string }
  notes: string[]
}

/**
 * A moment as people write it; without a zone it is UTC, a date alone is its beginning.
 * @returns ms since 1970
 * @throws Fail USAGE
 */
export const readMoment = (text: string): number => {
  // Of an offset that is none only the platform says so; of a 30th of February only readTime does.
  const whole = text.trim().replace(' ', 'T')
  const ms = Number.isNaN(Date.parse(whole)) ? undefined : readTime(whole)
  if (ms === undefined) {
    const hint = 'write it as 2026-11-21, 2026-11-21T14:00 (UTC) or 2026-11-21T14:00+01:00'
    throw new Fail('USAGE', { what: `--at ${text} is no time`, hint })
  }
  return ms
}

type At = Partial<Record<Place, PromotionRecord>>

const other = (place: Place): Place => (place === 'production' ? 'staging' : 'production')

/** A version that goes to production leaves staging, and the other way round. */
const after = (at: At, record: PromotionRecord): At => {
  const { place, version } = record.promotion
  const left = other(place)
  const { [left]: there, ...rest } = at
  return {
    ...rest,
    ...(there && there.promotion.version !== version ? { [left]: there } : {}),
    [place]: record,
  }
}

const endOf = ({ endedAt, startedAt }: PromotionRecord): string => endedAt ?? startedAt

const found = (record: PromotionRecord | undefined): WhoWas['production'] =>
  record
    ? { version: record.promotion.version, record: record.number, since: endOf(record) }
    : { version: null }

/** What the ledger cannot know: before its first record, and what people did by hand. */
const notesOf = (key: string, done: readonly PromotionRecord[], at: number): string[] => {
  const [first] = done
  if (!first) return [`no promotion of ${key} is recorded: the ledger does not know`]
  const { place, from } = first.promotion
  const was = from.length === 0 ? 'nothing' : `version ${from.join(' and ')}`
  if (at < Date.parse(endOf(first)))
    return [
      `before the first record (#${first.number}, ${utc(endOf(first))} UTC) the ledger does not know; that one found ${was} in ${place}`,
    ]
  const next = done.find((record) => Date.parse(endOf(record)) > at)
  if (!next) return []
  const then = done.filter((record) => Date.parse(endOf(record)) <= at).reduce<At>(after, {})
  const expected = then[next.promotion.place]?.promotion.version
  const odd = next.promotion.from.join(', ') !== (expected ?? '')
  return odd
    ? [
        `record #${next.number} found ${listed(next.promotion.from)} in ${next.promotion.place}: it was changed by hand in between`,
      ]
    : []
}

const titleOf = ({ number, promotion: { action, version, place } }: PromotionRecord): string =>
  `#${number} (${action} of version ${version} to ${place})`

/** What was going on at the moment, and what nobody has looked after yet. */
const unsure = (records: readonly PromotionRecord[], at: number): string[] => {
  const begun = records.filter(({ startedAt }) => Date.parse(startedAt) <= at)
  const [last] = records.filter(({ status }) => status !== 'failed' && changes.has(status))
  const going = begun.filter(
    (one) => one.status === 'open' || (one.status === 'done' && at < Date.parse(endOf(one))),
  )
  return [
    ...going.map((one) => `${titleOf(one)} was under way: the place had its old version or the new one`),
    ...(last?.status === 'interrupted' && begun.includes(last)
      ? [`${titleOf(last)} was interrupted: the registry shows what it has changed; \`promote\` settles it`]
      : []),
  ]
}

/**
 * Which version was in Production and in Staging at a moment, by the records of what was done.
 * @param records newest first
 * @param at ms since 1970
 */
export const whoWas = (key: string, records: readonly PromotionRecord[], at: number): WhoWas => {
  const done = records.filter(({ status }) => status === 'done').toReversed()
  const then = done.filter((record) => Date.parse(endOf(record)) <= at).reduce<At>(after, {})
  return {
    at: new Date(at).toISOString(),
    production: found(then.production),
    staging: found(then.staging),
    notes: [...notesOf(key, done, at), ...unsure(records, at)],
  }
}

export const whoWasText = (key: string, { at, production, staging, notes }: WhoWas): string => {
  const one = (place: Place, { version, record, since }: WhoWas['production']): string =>
    version === null
      ? `${place}: none that the ledger knows`
      : `${place}: version ${version}, since ${utc(since ?? at)} UTC (#${record})`
  return [`${key} at ${utc(at)} UTC`, one('production', production), one('staging', staging), ...notes].join(
    '\n',
  )
}
