import type { Fault } from '../../errors.ts'
import { faultAt } from '../faults.ts'
import { get, scalars, type Located, type Path } from '../located.ts'
import type { Rule } from './known.ts'
import { itemsAt, numberAt } from './values.ts'

interface Range {
  least: number
  most: number
  /** The least itself is too little. */
  above?: true
}

const positive: Range = { least: 0, most: Number.MAX_SAFE_INTEGER, above: true }
const notNegative: Range = { least: 0, most: Number.MAX_SAFE_INTEGER }
const some: Range = { least: 1, most: Number.MAX_SAFE_INTEGER }
const hours: Range = { least: 0, most: 87_600, above: true }

const ranges: readonly (readonly [Path, Range])[] = [
  [['evaluation', 'min_rows'], some],
  [['evaluation', 'max_age_hours'], hours],
  [['evaluation', 'timeout'], { least: 1, most: 86_400 }],
  // A suite of which no test has passed proves nothing.
  [['checks', 'tests', 'min_passed'], some],
  [['checks', 'tests', 'max_skipped'], notNegative],
  [['checks', 'data', 'max_age_hours'], hours],
  [['approvals', 'staging', 'required'], { least: 0, most: 20 }],
  [['approvals', 'production', 'required'], { least: 0, most: 20 }],
  [['approvals', 'staging', 'valid_hours'], hours],
  [['approvals', 'production', 'valid_hours'], hours],
  [['retrain', 'max_age_days'], { least: 0, most: 3650, above: true }],
]

const ofMetric: Readonly<Record<string, Range>> = {
  min_relative_gain: notNegative,
  max_relative_loss: notNegative,
  min_absolute_gain: notNegative,
  max_absolute_loss: notNegative,
}
const ofSlice: Readonly<Record<string, Range>> = { max_gap: notNegative, min_rows: some }
// A window longer than a year never ends before it begins again.
const ofFreeze: Readonly<Record<string, Range>> = { hours: { ...positive, most: 8784 } }

const faultsAt = (node: Located, path: Path, { least, most, above }: Range): Fault[] => {
  const value = numberAt(node, ...path)
  const at = get(node, ...path)?.at
  if (value === undefined || !at) return []
  if (value >= least && value <= most && !(above && value === least)) return []
  const from = above ? `above ${least}` : `${least} or more`
  const hint = most === Number.MAX_SAFE_INTEGER ? from : `${from}, at most ${most}`
  return [faultAt(at, 'number-in-range', `${path.join('.')} is ${value}`, hint)]
}

/** YAML's .inf and .nan compare with nothing. */
const endless = (node: Located): Fault[] =>
  [...scalars(node)].flatMap(([path, value, at]) =>
    typeof value === 'number' && !Number.isFinite(value)
      ? [faultAt(at, 'number-in-range', `${path.join('.')} is no finite number`, 'write a number')]
      : [],
  )

/** Numbers that can only be slips. */
export const rangeRule: Rule = ({ node }) => {
  const inItems = (items: readonly Located[], of: Readonly<Record<string, Range>>): Fault[] =>
    items.flatMap((item) => Object.entries(of).flatMap(([key, range]) => faultsAt(item, [key], range)))
  return [
    ...endless(node),
    ...ranges.flatMap(([path, range]) => faultsAt(node, path, range)),
    ...inItems(itemsAt(node, 'checks', 'metrics'), ofMetric),
    ...inItems(itemsAt(node, 'checks', 'slices'), ofSlice),
    ...inItems(itemsAt(node, 'freeze'), ofFreeze),
  ]
}
