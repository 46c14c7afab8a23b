import type { JobsRow } from './jobs.ts'
import type { ModelsRow } from './models.ts'
import type { Row, What } from './row.ts'
import type { RunTimes } from './runs.ts'
import type { SearchRow } from './search.ts'
import type { StartUp } from './startup.ts'
import { foldersOf } from './tree.ts'

/** What was measured in one run of the bench. */
export interface Results {
  rows: readonly Row[]
  startUp: StartUp
  jobs: readonly JobsRow[]
  /** Undefined where there is no Python. */
  runs: RunTimes | undefined
  models: readonly ModelsRow[]
  /** Undefined where there is no MLflow server to compare with. */
  search: readonly SearchRow[] | undefined
  /** Load average of the machine, which is more than ours alone where others use it too. */
  load: { before: number; after: number }
}

/** `met` is undefined when this run measured nothing to judge it by. */
export interface Goal {
  goal: string
  measured: string
  met: boolean | undefined
}

const notMeasured = 'not measured in this run'

type Find = (tool: RegExp, files: number, what: What) => Row | undefined

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

const within = (goal: string, row: Row | undefined, mostMs: number): Goal =>
  row
    ? { goal, measured: seconds(row.wallMs), met: row.wallMs <= mostMs }
    : { goal, measured: notMeasured, met: undefined }

const compare = <One, Other>(
  goal: string,
  pair: readonly [One | undefined, Other | undefined],
  judge: (one: One, other: Other) => Omit<Goal, 'goal'>,
): Goal => {
  const [one, other] = pair
  return one !== undefined && other !== undefined
    ? { goal, ...judge(one, other) }
    : { goal, measured: notMeasured, met: undefined }
}

const ours = /^brickrail$/
const theirs = /^databricks-cli /

/** «Flat»: ten times the files may cost a quarter more memory at most. */
const flat = 1.25

const timeGoals = (find: Find): Goal[] => [
  within('unchanged, 1,000 files, fresh checkout: at most 1 s', find(ours, 1000, 'unchanged'), 1000),
  within('unchanged, 10,000 files, fresh checkout: at most 3 s', find(ours, 10_000, 'unchanged'), 3000),
  within('cold, 1,000 files: at most 5 s', find(ours, 1000, 'cold'), 5000),
  compare(
    'cold, 1,000 files: at least 10 times faster than import_dir',
    [find(ours, 1000, 'cold'), find(theirs, 1000, 'cold')],
    (our, their) => {
      const times = their.wallMs / our.wallMs
      return { measured: `${times.toFixed(1)} times`, met: times >= 10 }
    },
  ),
]

const callGoals = (find: Find): Goal[] => [
  compare(
    'calls of an unchanged run grow with the folders at most',
    [find(ours, 1000, 'unchanged'), find(ours, 10_000, 'unchanged')],
    (few, many) => {
      const folders = foldersOf(many.files) - foldersOf(few.files)
      const more = many.calls - few.calls
      return { measured: `${more} more calls for ${folders} more folders`, met: more <= folders }
    },
  ),
  ...[1000, 10_000].map((files) =>
    compare(
      `one changed file of ${files.toLocaleString('en')}: at most 3 calls more than unchanged`,
      [find(ours, files, 'unchanged'), find(ours, files, 'one changed')],
      (unchanged, changed) => {
        const more = changed.calls - unchanged.calls
        return { measured: `${more} more`, met: more <= 3 }
      },
    ),
  ),
]

const otherGoals = (find: Find, startUp: StartUp): Goal[] => [
  compare(
    `peak memory, cold, 10,000 files against 1,000: flat (at most ${flat} times)`,
    [find(ours, 1000, 'cold')?.peakBytes, find(ours, 10_000, 'cold')?.peakBytes],
    (few, many) => ({ measured: `${(many / few).toFixed(2)} times`, met: many / few <= flat }),
  ),
  {
    goal: 'plan --help: under 300 ms',
    measured: `${startUp.planHelp.toFixed(0)} ms`,
    met: startUp.planHelp < 300,
  },
  {
    goal: 'generate, all files of three hosts, a process of its own: under 300 ms',
    measured: `${startUp.generate.toFixed(0)} ms`,
    met: startUp.generate < 300,
  },
]

/** Most calls of one promotion, of whichever registry: about half of them is the look before and after. */
const mostCalls = 40

const modelGoals = ({ models, search }: Results): Goal[] => {
  const calls = Math.max(...models.filter(({ what }) => !what.startsWith('models')).map((row) => row.calls))
  const slowest = search && Math.max(...search.map(({ oursMs, theirsMs }) => oursMs / theirsMs))
  return [
    {
      goal: `promote and rollback-model, any registry: at most ${mostCalls} calls`,
      measured: `${calls} at most`,
      met: calls <= mostCalls,
    },
    compare('search over 10,000 runs: no query slower than MLflow’s', [slowest, true], (ratio) => ({
      measured: `${ratio.toFixed(2)} times its time at most`,
      met: ratio <= 1,
    })),
  ]
}

export const goalsOf = (results: Results): Goal[] => {
  const { rows, startUp } = results
  const find: Find = (tool, files, what) =>
    rows.find((row) => tool.test(row.tool) && row.files === files && row.what === what)
  return [...timeGoals(find), ...callGoals(find), ...otherGoals(find, startUp), ...modelGoals(results)]
}
