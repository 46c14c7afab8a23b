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

/** A step's title, as it was recorded: `install 5 libraries on Main`, `delete 2 stale files`, `create job train`. */
const stepTitle = /^(\w+) (?:the )?(?:(\d+) )?(?:(?:stale|empty|old) )*([\w:/]+)/

const singular = (noun: string): string =>
  /[:/]/.test(noun) ? 'path' : noun.replace(/ies$/, 'y').replace(/(?<=[^s])s$/, '')

const plural = (noun: string, n: number): string =>
  n === 1 ? noun : noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`

/** `create 1 cluster, upload 12 files`: a deployment of any size in a line. */
const counted = (summary: readonly string[]): string => {
  const counts = new Map<string, { verb: string; noun: string; n: number }>()
  for (const title of summary) {
    const [, verb = title, number = '1', object = 'step'] = stepTitle.exec(title) ?? []
    const noun = singular(object)
    const { n } = counts.get(`${verb} ${noun}`) ?? { n: 0 }
    counts.set(`${verb} ${noun}`, { verb, noun, n: n + Number(number) })
  }
  return [...counts.values()].map(({ verb, noun, n }) => `${verb} ${n} ${plural(noun, n)}`).join(', ')
}

/** Characters. The whole of it is in the JSON. */
const longestFailure = 160

const shortened = (text: string): string => {
  const [line = ''] = text.split('\n')
  return line.length > longestFailure ? `${line.slice(0, longestFailure)}…` : line
}

/** A record of a repository without commits may hold `(initial)`, as `git status` says. */
const commitOf = ({ owner: { commit } }: DeploymentRecord): string =>
  commit === undefined || commit.startsWith('(') ? '-' : commit.slice(0, 8)

const columns: readonly Column<DeploymentRecord>[] = [
  { title: 'number', value: ({ number }) => `#${number}` },
  { title: 'status', value: ({ status }) => status },
  { title: 'command', value: ({ command }) => command },
  { title: 'started (UTC)', value: ({ startedAt }) => startedAt.replace('T', ' ').slice(0, 19) },
  { title: 'seconds', value: (record) => secondsOf(record) ?? undefined, align: 'right' },
  { title: 'by', value: ({ owner }) => owner.actor },
  { title: 'commit', value: commitOf },
  {
    title: 'what',
    value: ({ failure, summary }) => (failure ? shortened(failure.message) : counted(summary)),
  },
]

export const historyTable = (target: string, records: readonly DeploymentRecord[]): string =>
  records.length === 0 ? `nothing was deployed to ${target} yet` : textTable(columns, records)
