import type { DeploymentRecord } from '../ledger/record.ts'
import { textTable, type Column } from '../report/table.ts'

const secondsOf = ({ startedAt, endedAt }: DeploymentRecord): number | null =>
  endedAt === undefined ? null : Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)

/** One record for `--output json`: without packs and the list of files. */
export const historyData = (record: DeploymentRecord): Record<string, unknown> => ({
  number: record.number,
  status: record.status,
  command: record.command,
  actor: record.owner.actor,
  commit: record.owner.commit ?? null,
  branch: record.owner.branch ?? null,
  pipeline_url: record.owner.pipelineUrl ?? null,
  started_at: record.startedAt,
  ended_at: record.endedAt ?? null,
  seconds: secondsOf(record),
  steps: record.summary,
  failure: record.failure ?? null,
})

const columns: readonly Column<DeploymentRecord>[] = [
  { title: 'number', value: ({ number }) => `#${number}` },
  { title: 'status', value: ({ status }) => status },
  { title: 'command', value: ({ command }) => command },
  { title: 'started (UTC)', value: ({ startedAt }) => startedAt.replace('T', ' ').slice(0, 19) },
  { title: 'seconds', value: (record) => secondsOf(record) ?? undefined, align: 'right' },
  { title: 'by', value: ({ owner }) => owner.actor },
  { title: 'commit', value: ({ owner }) => owner.commit?.slice(0, 8) },
  { title: 'what', value: ({ failure, summary }) => failure?.message ?? summary.join('; ') },
]

export const historyTable = (target: string, records: readonly DeploymentRecord[]): string =>
  records.length === 0 ? `nothing was deployed to ${target} yet` : textTable(columns, records)
