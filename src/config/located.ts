import type { Json } from '../wire/endpoint.ts'

/** Where a value was written. Line and column count from 1; `file` is relative to the working directory. */
export interface Place {
  file: string
  line: number
  column: number
}

export type Scalar = null | boolean | number | bigint | string
/** A key with its place, and what it leads to. */
export interface Entry {
  key: Place
  node: Located
}

/** A parsed value that remembers where each part of it was written, also after merging and interpolation. */
export type Located =
  | { kind: 'scalar'; at: Place; value: Scalar }
  | { kind: 'list'; at: Place; items: Located[] }
  | { kind: 'map'; at: Place; entries: ReadonlyMap<string, Entry> }

/** Keys and list indexes from the root of a file. */
export type Path = readonly (string | number)[]

/** The value without its places. */
export const plain = (node: Located): Json => {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plain)
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.node)]))
}

/** The node at a path, or undefined. */
export const get = (node: Located | undefined, ...path: Path): Located | undefined => {
  let here = node
  for (const step of path) here = here && child(here, step)?.node
  return here
}

/** The scalar at a path if it is a string. */
export const text = (node: Located | undefined, ...path: Path): string | undefined => {
  const found = get(node, ...path)
  return found?.kind === 'scalar' && typeof found.value === 'string' ? found.value : undefined
}

/** The texts of the list at a path, or none. */
export const texts = (node: Located | undefined, ...path: Path): string[] | undefined => {
  const found = get(node, ...path)
  return found?.kind === 'list' ? found.items.flatMap((item) => text(item) ?? []) : undefined
}

/** The boolean at a path; `false` when there is none. */
export const flag = (node: Located | undefined, ...path: Path): boolean => {
  const found = get(node, ...path)
  return found?.kind === 'scalar' && found.value === true
}

/** Entries of a map, or none. */
export const entriesOf = (node: Located | undefined): [string, Entry][] =>
  node?.kind === 'map' ? [...node.entries] : []

/** Place of the key or value at a path; of the nearest enclosing value when the path leads nowhere. */
export const placeOf = (node: Located, path: Path, on: 'key' | 'value' = 'value'): Place => {
  let here = node
  let key = node.at
  for (const step of path) {
    const next = child(here, step)
    if (!next) return here.at
    here = next.node
    key = next.key
  }
  return on === 'key' ? key : here.at
}

const child = (node: Located, step: string | number): Entry | undefined => {
  if (node.kind === 'map') return node.entries.get(String(step))
  const item = node.kind === 'list' ? node.items[Number(step)] : undefined
  return item && { key: item.at, node: item }
}

/** Every scalar below a node with its path. */
export function* scalars(node: Located, path: Path = []): Generator<[Path, Scalar, Place]> {
  if (node.kind === 'scalar') yield [path, node.value, node.at]
  else if (node.kind === 'list')
    for (const [i, item] of node.items.entries()) yield* scalars(item, [...path, i])
  else for (const [key, entry] of node.entries) yield* scalars(entry.node, [...path, key])
}

/** The same tree with each scalar replaced. */
export const mapScalars = (node: Located, change: (value: Scalar, at: Place) => Scalar): Located => {
  if (node.kind === 'scalar') return { ...node, value: change(node.value, node.at) }
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => mapScalars(item, change)) }
  const entries = [...node.entries].map(([key, entry]): [string, Entry] => [
    key,
    { ...entry, node: mapScalars(entry.node, change) },
  ])
  return { ...node, entries: new Map(entries) }
}

const empty = (at: Place): Located & { kind: 'map' } => ({ kind: 'map', at, entries: new Map() })
const isNull = (node: Located): boolean => node.kind === 'scalar' && node.value === null

/** JSON merge patch (RFC 7386): maps merge, null removes, all else replaces. */
export const merge = (base: Located | undefined, patch: Located): Located => {
  if (patch.kind !== 'map') return patch
  const target = base?.kind === 'map' ? base : empty(patch.at)
  const entries = new Map(target.entries)
  for (const [key, { key: at, node }] of patch.entries) {
    if (isNull(node)) entries.delete(key)
    else entries.set(key, { key: at, node: merge(entries.get(key)?.node, node) })
  }
  return { ...target, entries }
}

/** Without members that are null: to the Databricks API they are as good as absent, in lists of objects, too. */
export const withoutNulls = (node: Located): Located => {
  if (node.kind === 'scalar') return node
  if (node.kind === 'list') return { ...node, items: node.items.map(withoutNulls) }
  const kept = [...node.entries].filter(([, entry]) => !isNull(entry.node))
  return {
    ...node,
    entries: new Map(kept.map(([key, entry]) => [key, { ...entry, node: withoutNulls(entry.node) }])),
  }
}

/** The map without some keys. */
export const without = (node: Located, keys: readonly string[]): Located =>
  node.kind === 'map'
    ? { ...node, entries: new Map([...node.entries].filter(([key]) => !keys.includes(key))) }
    : node

/** The map with these keys alone. */
export const only = (node: Located, keys: readonly string[]): Located =>
  node.kind === 'map'
    ? { ...node, entries: new Map([...node.entries].filter(([key]) => keys.includes(key))) }
    : node
