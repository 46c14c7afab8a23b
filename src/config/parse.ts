import { parse as parseStrictJson } from 'lossless-json'
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml'
import type { Fault } from '../errors.ts'
import { faultAt } from './faults.ts'
import type { Entry, Located, Place, Scalar } from './located.ts'

/** Either the tree, or why there is none. */
export type Parsed = { node: Located; faults: Fault[] } | { node?: never; faults: Fault[] }

/**
 * Reads YAML 1.2 or strict JSON with the place of every key and value.
 * Integers beyond 2^53 become bigint. Duplicate keys are faults.
 * @param file name for the faults; `.json` selects strict JSON
 */
export const parseText = (source: string, file: string): Parsed => {
  const text = source.replace(/^\uFEFF/, '')
  const lines = new LineCounter()
  const json = file.endsWith('.json')
  const doc = parseDocument(text, {
    lineCounter: lines,
    intAsBigInt: true,
    prettyErrors: false,
    stringKeys: true,
    schema: json ? 'json' : 'core',
  })
  const at = placer(lines, file)
  const strict = json ? notStrict(text, at) : []
  if (strict.length > 0) return { faults: strict }
  const faults = [...doc.errors, ...doc.warnings].map((e) =>
    e.code === 'DUPLICATE_KEY'
      ? faultAt(at(e.pos[0]), 'duplicate-key', 'this key is here twice', 'keep one of the two')
      : faultAt(at(e.pos[0]), json ? 'broken-json' : 'broken-yaml', e.message, 'mend the syntax here'),
  )
  if (faults.length > 0) return { faults }
  const node = locate(doc.contents, { doc, at, within: new Set(), faults })
  return faults.length > 0 ? { faults } : { node, faults }
}

/** Offsets to places; the parser's lines and columns count from 1 as ours do. */
const placer =
  (lines: LineCounter, file: string) =>
  (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }

/** The YAML parser also takes comments, single quotes and trailing commas; Databricks' tools do not. */
const notStrict = (text: string, at: (offset: number) => Place): Fault[] => {
  try {
    parseStrictJson(text, null, { onDuplicateKey: ({ newValue }) => newValue })
    return []
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const offset = Number(/at position (\d+)/.exec(said)?.[1] ?? text.length)
    const message = `not JSON: ${said.replace(/ (at|\(?char).*$/, '')}`
    return [
      faultAt(
        at(offset),
        'broken-json',
        message,
        'mend the syntax here; JSON has no comments or trailing commas',
      ),
    ]
  }
}

interface Walk {
  doc: Document.Parsed
  at: (offset: number) => Place
  /** Anchored nodes that are being read: an alias to one of them would never end. */
  within: Set<Node>
  faults: Fault[]
}

const offsetOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)

const locate = (node: unknown, walk: Walk): Located => {
  const at = walk.at(offsetOf(node) ?? 0)
  if (isAlias(node)) {
    const target = node.resolve(walk.doc)
    if (target && !walk.within.has(target)) return locate(target, walk)
    const why = target ? 'leads back to itself' : 'has no anchor before it'
    walk.faults.push(faultAt(at, 'broken-yaml', `the alias *${node.source} ${why}`, 'write the value out'))
    return { kind: 'scalar', at, value: null }
  }
  if (isScalar(node)) return { kind: 'scalar', at, value: scalar(node.value) }
  if (!isSeq(node) && !isMap(node)) return { kind: 'scalar', at, value: null }
  walk.within.add(node)
  const located: Located = isSeq(node)
    ? { kind: 'list', at, items: node.items.map((item) => locate(item, walk)) }
    : {
        kind: 'map',
        at,
        entries: new Map(node.items.map((pair) => entry(pair.key, pair.value, walk))),
      }
  walk.within.delete(node)
  return located
}

const entry = (key: unknown, value: unknown, walk: Walk): [string, Entry] => {
  const place = walk.at(offsetOf(key) ?? 0)
  const name = isScalar(key) ? String(key.value) : ''
  const node = locate(value, walk)
  // An empty value (`key:`) has no text of its own.
  return [name, { key: place, node: offsetOf(value) !== undefined ? node : { ...node, at: place } }]
}

const scalar = (value: unknown): Scalar => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return null
}
