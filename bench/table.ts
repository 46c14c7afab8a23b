import { textTable, type Column } from '../src/report/table.ts'
import { goalsOf, type Goal, type Results } from './goals.ts'
import type { JobsRow } from './jobs.ts'
import type { ModelsRow } from './models.ts'
import { concurrency, latencyMs, type Row } from './row.ts'
import type { SearchRow } from './search.ts'

const seconds = (ms: number): string => (ms / 1000).toFixed(2)
const megabytes = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : (bytes / 1024 / 1024).toFixed(0)

const right = (title: string, value: (row: Row) => string | number | undefined): Column<Row> => ({
  title,
  value,
  align: 'right',
})

const columns: readonly Column<Row>[] = [
  { title: 'tool', value: ({ tool }) => tool },
  right('files', ({ files }) => files),
  { title: 'what', value: ({ what }) => what },
  right('objects', ({ objects }) => objects),
  right('calls', ({ calls }) => calls),
  right('chain', ({ chain }) => chain),
  right('wall s', ({ wallMs }) => seconds(wallMs)),
  right('min-max', ({ fastestMs, slowestMs }) => `${seconds(fastestMs)}-${seconds(slowestMs)}`),
  right('start-up s', ({ startMs }) => seconds(startMs)),
  right('limit s', ({ limitMs }) => seconds(limitMs)),
  right('x limit', ({ wallMs, limitMs }) => (wallMs / limitMs).toFixed(1)),
  right('ms/object', ({ wallMs, objects }) => (wallMs / objects).toFixed(1)),
  right('peak MB', ({ peakBytes }) => megabytes(peakBytes)),
]

const ratioLines = ({ rows }: Results): string[] =>
  rows
    .filter(({ tool }) => tool !== 'brickrail')
    .flatMap((their) => {
      const our = rows.find(
        ({ tool, files, what }) => tool === 'brickrail' && files === their.files && what === their.what,
      )
      if (!our) return []
      const each = their.wallMs / their.objects / (our.wallMs / our.objects)
      return [
        `${their.what}, ${their.files} files: ${their.tool} takes ${(their.wallMs / our.wallMs).toFixed(1)} times as long` +
          ` (${their.objects} objects against ${our.objects}; ${each.toFixed(1)} times per object)`,
      ]
    })

const jobsColumns: readonly Column<JobsRow>[] = [
  { title: 'deploy', value: ({ jobs, what }) => `${jobs} jobs, ${what}` },
  { title: 'calls', value: ({ calls }) => calls, align: 'right' },
  { title: 'writes', value: ({ writes }) => writes, align: 'right' },
  { title: 'wall s', value: ({ wallMs }) => seconds(wallMs), align: 'right' },
]

const runLine = ({ runs }: Results): string => {
  if (!runs) return 'runs: not measured, there is no Python 3 here'
  const { bareMs, submitMs, atOnce, perSecond } = runs
  const times = `${submitMs.toFixed(0)} ms from submit to the end against ${bareMs.toFixed(0)} ms of the bare process`
  return `run of an empty Python file, median of 10: ${times} (${(submitMs / bareMs).toFixed(1)} times, ${(submitMs - bareMs).toFixed(0)} ms more); ${atOnce} at once: ${perSecond.toFixed(1)} runs a second`
}

const modelsColumns: readonly Column<ModelsRow>[] = [
  { title: 'registry', value: ({ registry }) => registry },
  { title: 'command', value: ({ what }) => what },
  { title: 'calls', value: ({ calls }) => calls, align: 'right' },
  { title: 'writes', value: ({ writes }) => writes, align: 'right' },
  { title: 'chain', value: ({ chain }) => chain, align: 'right' },
  { title: 'wall s', value: ({ wallMs }) => seconds(wallMs), align: 'right' },
]

const searchColumns: readonly Column<SearchRow>[] = [
  { title: 'search', value: ({ what }) => what },
  { title: 'found', value: ({ found }) => found, align: 'right' },
  { title: 'emulator ms', value: ({ oursMs }) => oursMs.toFixed(1), align: 'right' },
  { title: 'MLflow ms', value: ({ theirsMs }) => theirsMs.toFixed(1), align: 'right' },
  { title: 'ratio', value: ({ oursMs, theirsMs }) => (oursMs / theirsMs).toFixed(2), align: 'right' },
]

const searchTable = ({ search }: Results): string =>
  search
    ? textTable(searchColumns, search)
    : 'search over 10,000 runs: not measured, there is no MLflow server here'

const verdict = ({ met }: Goal): string => (met === undefined ? '-' : met ? 'met' : 'MISSED')

const goalColumns: readonly Column<Goal>[] = [
  { title: 'goal', value: ({ goal }) => goal },
  { title: 'measured', value: ({ measured }) => measured },
  { title: 'verdict', value: verdict },
]

const legacyNote = ({ rows }: Results): string =>
  rows.some(({ tool }) => tool !== 'brickrail')
    ? 'databricks-cli is not run on 10,000 files: one call after the other, it would take many minutes.'
    : 'databricks-cli was not run.'

/** Everything of one run, for people. */
export const report = (results: Results): string => {
  const { node, planHelp, syncHelp, generate, generateAgain } = results.startUp
  const { before, after } = results.load
  return [
    `sync with ${latencyMs} ms of latency on every call; limit = calls x ${latencyMs} ms / ${concurrency} at once (our limiter's most)`,
    textTable(columns, results.rows),
    [...ratioLines(results), legacyNote(results)].join('\n'),
    `start-up, median of 10: node -e 0 ${node.toFixed(0)} ms, plan --help ${planHelp.toFixed(0)} ms, sync-workspace --help ${syncHelp.toFixed(0)} ms`,
    `generate, median of 10: nothing there ${generate.toFixed(0)} ms, all there ${generateAgain.toFixed(0)} ms`,
    textTable(jobsColumns, results.jobs),
    runLine(results),
    textTable(modelsColumns, results.models),
    searchTable(results),
    textTable(goalColumns, goalsOf(results)),
    `load average of this machine: ${before.toFixed(1)} before, ${after.toFixed(1)} after`,
  ].join('\n\n')
}
