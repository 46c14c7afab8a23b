import { badValue } from '../server/refused.ts'
import { unquoted } from './filter-words.ts'

export type Operator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL'

export type Entity = 'attribute' | 'metric' | 'param' | 'tag' | 'dataset'

/** What one field may be compared with. `either`: a number that may be quoted. A list goes with IN and NOT IN only. */
export interface Field {
  readonly kind: 'text' | 'number' | 'either'
  readonly operators: readonly Operator[]
}

/** What one search accepts. The tables: src/emulator/tracking/grammars.ts, and the registry's own. */
export interface Grammar {
  /** What may stand before the first dot, and what it means. Without a dot it is an `attribute`. */
  readonly prefixes: Readonly<Record<string, Entity>>
  /** `undefined`: a filter cannot have this key. */
  readonly field: (entity: Entity, key: string) => Field | undefined
  /** Whether `order_by` can have this key. */
  readonly sorts: (entity: Entity, key: string) => boolean
}

/** A field of one entity: its key is without quotes. */
export interface Target {
  readonly entity: Entity
  readonly key: string
}

export const textual: Field = { kind: 'text', operators: ['=', '!=', 'LIKE', 'ILIKE'] }
export const listed: Field = { kind: 'text', operators: [...textual.operators, 'IN', 'NOT IN'] }
/** What may be there or not: tags and params of runs, tags of experiments. */
export const optional: Field = { kind: 'text', operators: [...textual.operators, 'IS NULL', 'IS NOT NULL'] }
export const numeric: Field = { kind: 'number', operators: ['=', '!=', '<', '<=', '>', '>='] }

/** What stands before the first dot outside of quotes, and the rest. */
const parts = (raw: string): [string | undefined, string] => {
  const found = /^(`[^`]*`|"[^"]*"|[^.`"]*)\.(.*)$/su.exec(raw)
  const [, prefix, key] = found ?? []
  return prefix === undefined || key === undefined ? [undefined, raw] : [prefix, key]
}

/** `metrics.rmse`, ``tags.`my tag` ``, `run_name` -> what it means. @throws Refused 400 for an unknown prefix */
export const targetOf = (raw: string, grammar: Grammar): Target => {
  const [prefix, key] = parts(raw)
  if (prefix === undefined) return { entity: 'attribute', key: unquoted(key) }
  const name = prefix.replace(/^`(.*)`$/, '$1')
  const entity = Object.hasOwn(grammar.prefixes, name) ? grammar.prefixes[name] : undefined
  if (entity === undefined) {
    const known = [...new Set(Object.values(grammar.prefixes))].join(', ')
    throw badValue(`Invalid entity type '${name}'. Valid values are ${known}`)
  }
  return { entity, key: unquoted(key) }
}
