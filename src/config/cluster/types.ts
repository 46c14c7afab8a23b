import type { Fault } from '../../errors.ts'
import { didYouMean, faultAt } from '../faults.ts'
import { entriesOf, get, plain, type Located } from '../located.ts'
import { kindOf } from '../shape.ts'
import { clusterFields } from './fields.ts'

const { fields, objects, enums, required, readOnly } = clusterFields
const topLevel = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.type]))

/** Unknown fields, wrong types and unknown values of a cluster spec, nested ones too. Read-only fields are taken out before. */
export const clusterTypeFaults = (spec: Located): Fault[] =>
  spec.kind === 'map'
    ? objectFaults(spec, topLevel, '')
    : [
        faultAt(
          spec.at,
          'wrong-type',
          `a cluster must be a map, not ${kindOf(plain(spec))}`,
          'write the body of clusters/create',
        ),
      ]

const objectFaults = (node: Located, types: Readonly<Record<string, string>>, prefix: string): Fault[] =>
  entriesOf(node).flatMap(([name, entry]) => {
    const type = types[name]
    const path = prefix + name
    if (type !== undefined) return valueFaults(entry.node, type, path)
    const known = Object.keys(types)
    return [
      faultAt(
        entry.key,
        'unknown-cluster-field',
        `clusters/create has no field «${path}»`,
        elsewhere(name) ?? didYouMean(name, known),
      ),
    ]
  })

/** A field in the wrong place, such as spot_bid_price_percent beside aws_attributes. */
const elsewhere = (name: string): string | undefined => {
  const owner = Object.entries(fields).find(([, field]) => objects[field.type]?.[name] !== undefined)
  if (owner) return `it belongs into ${owner[0]}`
  return fields[name] || readOnly.includes(name) ? 'it belongs to the top level' : undefined
}

/** Lists, objects, maps, enums and scalars of the field table, each with its path in the message. */
const valueFaults = (node: Located, type: string, path: string): Fault[] => {
  if (type.startsWith('[')) {
    if (node.kind !== 'list') return [wrong(node, path, 'a list')]
    return node.items.flatMap((item, i) => valueFaults(item, type.slice(1, -1), `${path}[${i}]`))
  }
  const object = objects[type]
  if (object) return node.kind === 'map' ? nested(node, type, object, path) : [wrong(node, path, 'a map')]
  if (type === 'map')
    return node.kind === 'map' ? textFaults(node, path) : [wrong(node, path, 'a map of texts')]
  const values = enums[type]
  if (values) return enumFaults(node, values, path)
  const [word, fits] = simple[type] ?? ['known', () => true]
  return node.kind === 'scalar' && fits(node.value) ? [] : [wrong(node, path, word)]
}

const simple: Record<string, [string, (value: unknown) => boolean]> = {
  string: ['text', (value) => typeof value === 'string'],
  bool: ['true or false', (value) => typeof value === 'boolean'],
  int: ['a whole number', (value) => typeof value === 'bigint' || Number.isInteger(value)],
  number: ['a number', (value) => typeof value === 'bigint' || typeof value === 'number'],
}

const nested = (
  node: Located,
  type: string,
  object: Readonly<Record<string, string>>,
  path: string,
): Fault[] => [
  ...objectFaults(node, object, `${path}.`),
  ...(required[type] ?? [])
    .filter((name) => get(node, name) === undefined)
    .map((name) => faultAt(node.at, 'missing-key', `${path}.${name} is missing`, `add «${name}»`)),
]

const textFaults = (node: Located, path: string): Fault[] =>
  entriesOf(node)
    .filter(([, entry]) => entry.node.kind !== 'scalar' || typeof entry.node.value !== 'string')
    .map(([name, entry]) => {
      const { value } = entry.node.kind === 'scalar' ? entry.node : { value: undefined }
      return wrong(
        entry.node,
        `${path}.${name}`,
        'text',
        value === undefined ? undefined : `put it in quotes: "${value}"`,
      )
    })

const enumFaults = (node: Located, values: readonly string[], path: string): Fault[] => {
  if (node.kind !== 'scalar' || typeof node.value !== 'string')
    return [wrong(node, path, `one of ${values.join(', ')}`)]
  if (values.includes(node.value)) return []
  return [
    faultAt(node.at, 'unknown-value', `${path} cannot be «${node.value}»`, didYouMean(node.value, values)),
  ]
}

const wrong = (node: Located, path: string, expected: string, hint?: string): Fault =>
  faultAt(node.at, 'wrong-type', `${path} must be ${expected}, not ${kindOf(plain(node))}`, hint)
