import type { Fault } from '../../errors.ts'
import { faultAt } from '../faults.ts'
import { get, placeOf, text } from '../located.ts'
import type { Rule } from './known.ts'
import { itemsAt, truthAt } from './values.ts'

const formHint =
  'dbfs:/…, /Workspace/…, /Volumes/… of a .csv or .parquet file, or table:<catalog.schema.table>'

const whyNot = (dataset: string): { message: string; hint: string } | undefined => {
  const table = /^table:(.*)$/.exec(dataset)?.[1]
  if (table !== undefined)
    return /^[^.\s]+\.[^.\s]+\.[^.\s]+$/.test(table)
      ? undefined
      : { message: `«${table}» is no table`, hint: 'three parts: table:catalog.schema.table' }
  if (dataset.startsWith('/dbfs/'))
    return { message: '/dbfs is there on clusters only', hint: `write dbfs:${dataset.slice('/dbfs'.length)}` }
  if (!/^(dbfs:\/|\/Workspace\/|\/Volumes\/)./.test(dataset))
    return { message: `nobody can read the dataset «${dataset}»`, hint: formHint }
  return /\.(csv|csv\.gz|parquet)$/i.test(dataset)
    ? undefined
    : { message: `«${dataset}» is neither CSV nor Parquet by its name`, hint: formHint }
}

const datasetRule: Rule = ({ node }) => {
  const found = get(node, 'evaluation', 'dataset')
  const dataset = text(found)
  const bad = dataset === undefined || dataset.includes('${') ? undefined : whyNot(dataset)
  return found && bad ? [faultAt(found.at, 'dataset-form', bad.message, bad.hint)] : []
}

const columnsRule: Rule = ({ node }) => {
  const evaluation = get(node, 'evaluation')
  const label = text(evaluation, 'label')
  const features = get(evaluation, 'features')
  const empty = features?.kind === 'list' && features.items.length === 0
  const faults: Fault[] = itemsAt(evaluation, 'features')
    .filter((item) => text(item) !== undefined && text(item) === label)
    .map((item) => {
      const message = `«${label}» is the label: a model that is given it proves nothing`
      return faultAt(item.at, 'label-is-no-feature', message, 'remove it from the features')
    })
  if (empty) {
    const hint = 'remove the line: the columns of the signature are taken then'
    faults.push(faultAt(features.at, 'list-is-empty', 'the list is empty', hint))
  }
  const time = get(evaluation, 'time')
  if (time && text(time) === label) {
    const message = `«${label}» is the label, and cannot be the time of a row`
    faults.push(faultAt(time.at, 'time-is-no-label', message, 'name the column with the time'))
  }
  return faults
}

/** What compares with the champion needs both measured on the same rows; numbers of months ago are no measure. */
const comparing = ['min_relative_gain', 'max_relative_loss', 'min_absolute_gain', 'max_absolute_loss']

const championRule: Rule = ({ node }) => {
  const evaluated = get(node, 'evaluation') !== undefined
  const measured = evaluated && truthAt(node, true, 'evaluation', 'champion_on_same_data')
  if (measured) return []
  const hint = evaluated ? 'remove champion_on_same_data: false' : 'add evaluation'
  return itemsAt(node, 'checks', 'metrics').flatMap((item) =>
    comparing
      .filter((key) => get(item, key))
      .map((key) =>
        faultAt(
          placeOf(item, [key], 'key'),
          'comparison-needs-the-champion',
          `«${key}» compares with the champion, which is not measured`,
          hint,
        ),
      ),
  )
}

const neededRule: Rule = ({ node }) => {
  const evaluation = get(node, 'evaluation')
  const faults: Fault[] = []
  const slices = get(node, 'checks', 'slices')
  if (!evaluation && itemsAt(slices).length > 0) {
    const at = placeOf(node, ['checks', 'slices'], 'key')
    faults.push(
      faultAt(at, 'check-needs-evaluation', 'slices are measured by an evaluation', 'add evaluation'),
    )
  }
  if (get(node, 'checks', 'data', 'max_age_hours') && !get(evaluation, 'time')) {
    const at = placeOf(node, ['checks', 'data', 'max_age_hours'], 'key')
    const message = 'the age of the data is unknown: no column has the time of a row'
    faults.push(faultAt(at, 'data-age-needs-time', message, 'add evaluation.time'))
  }
  return faults
}

/** Experiments of Databricks are named by their path. */
const experimentRule: Rule = ({ node, kind }) => {
  const found = get(node, 'candidate', 'from_runs', 'experiment')
  const name = text(found)
  if (!found || name === undefined || name.includes('${')) return []
  const fine = kind === 'mlflow' ? name.trim() !== '' : /^(\/.*[^/]|\d+)$/.test(name)
  if (fine) return []
  const message = `«${name}» is no experiment`
  return [faultAt(found.at, 'experiment-name', message, 'its whole name, e.g. /Shared/prices, or its number')]
}

const orderRule: Rule = ({ node }) => {
  const order = get(node, 'candidate', 'order')
  if (itemsAt(order).length === 0 || get(node, 'candidate', 'from_runs')) return []
  const at = placeOf(node, ['candidate', 'order'], 'key')
  const message = 'only runs are ordered, and from_runs is missing'
  return [faultAt(at, 'order-needs-runs', message, 'add candidate.from_runs, or remove order')]
}

export const evaluationRules: readonly Rule[] = [
  datasetRule,
  columnsRule,
  championRule,
  neededRule,
  experimentRule,
  orderRule,
]
