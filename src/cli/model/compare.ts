import { Fail } from '../../errors.ts'
import type { ModelPolicy } from '../../plan/state-policy.ts'
import { textTable, type Column } from '../../report/table.ts'
import type { Session } from '../session.ts'
import { contenders } from './compare-find.ts'
import { differing, rank, readMeasure, showNumber, type Measure, type Ranked } from './compare-rank.ts'
import { limitOf } from './models.ts'
import { openModel, type ModelSession } from './open.ts'
import { onePolicy } from './chosen.ts'

/** Metrics of the policy whose direction is known. */
const policyMeasures = ({ candidate, checks }: ModelPolicy): Measure[] => {
  const declared = [
    ...candidate.order,
    ...checks.metrics.flatMap(({ name, direction, min, max }): Measure[] => {
      const way =
        direction ?? (min !== undefined && max === undefined ? 'max' : max === undefined ? undefined : 'min')
      return way === undefined ? [] : [{ metric: name, direction: way }]
    }),
  ]
  return declared.filter((one, index) => declared.findIndex(({ metric }) => metric === one.metric) === index)
}

const measuresOf = ({ run }: Session, { policy }: ModelSession): Measure[] => {
  const known = policyMeasures(policy)
  const given = run.lists['metric'] ?? []
  const measures = given.map((text) => {
    const found = readMeasure(text, known)
    if (found !== undefined) return found
    const hint = `write --metric ${text}:min or --metric ${text}:max`
    throw new Fail('USAGE', { what: `--metric ${text}: which direction is better?`, hint })
  })
  if (measures.length > 0) return measures
  if (known.length > 0) return known
  const hint = 'name metrics: --metric rmse:min; or give the policy candidate.order'
  throw new Fail('USAGE', { what: `${policy.file} ranks by no metric`, hint })
}

/** Columns that people still read; the JSON has all. */
const mostParams = 8

const columns = (measures: readonly Measure[], params: readonly string[]): Column<Ranked>[] => [
  { title: 'rank', value: (one) => one.rank, align: 'right' },
  { title: 'name', value: ({ name }) => name },
  ...measures.map(({ metric, direction }): Column<Ranked> => ({
    title: `${metric} (${direction})`,
    value: ({ metrics }) => showNumber(metrics[metric]),
    align: 'right',
  })),
  ...params
    .slice(0, mostParams)
    .map((name): Column<Ranked> => ({ title: name, value: (one) => one.params[name] })),
  { title: 'measured on', value: ({ measuredOn }) => measuredOn },
]

const notesOf = (ranked: readonly Ranked[], params: readonly string[]): string[] => [
  ...ranked.flatMap(({ name, lacking }) =>
    lacking.length === 0 ? [] : [`not ranked: ${name}: ${lacking.join(', ')}`],
  ),
  ...(params.length > mostParams
    ? [`params that differ as well: ${params.slice(mostParams).join(', ')}`]
    : []),
]

/** Numbers of different rows say little about which is better. */
const warnOfRows = ({ run }: Session, ranked: readonly Ranked[]): void => {
  if (new Set(ranked.map(({ measuredOn }) => measuredOn)).size < 2) return
  const text = 'these were not measured on the same rows: the ranks say little'
  run.emit({
    type: 'notice',
    level: 'warning',
    text,
    hint: 'evaluate each: `brickrail evaluate --version <n>`',
  })
}

/**
 * Rank runs or versions by metrics.
 * @throws Fail USAGE, MODEL_NOT_FOUND
 */
export const compare = async (session: Session): Promise<void> => {
  const model = await openModel(session, onePolicy(session))
  const measures = measuresOf(session, model)
  const found = rank(await contenders(session, model, limitOf(session)), measures)
  const params = differing(found)
  warnOfRows(session, found)
  session.run.emit({
    type: 'result',
    data: {
      model: model.policy.key,
      by: measures,
      ranked: found.map(({ rank: at, name, metrics, params: all, lacking, measuredOn }) => ({
        rank: at ?? null,
        name,
        metrics,
        params: all,
        lacking,
        measured_on: measuredOn ?? null,
      })),
      differing_params: params,
    },
    text: [textTable(columns(measures, params), found), ...notesOf(found, params)].join('\n'),
  })
}
