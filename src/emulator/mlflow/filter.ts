/**
 * Filters of MLflow's searches, pure: https://mlflow.org/docs/latest/search-runs (and search-experiments). Comparisons are joined by
 * AND; the real server lets a missing, leading or trailing AND pass, and so does this.
 */
import { badValue } from '../server/refused.ts'
import { unquoted, wordsOf, type Word } from './filter-words.ts'
import { targetOf, type Field, type Grammar, type Operator, type Target } from './grammar.ts'

/** One comparison. `value` is undefined for IS NULL and IS NOT NULL, a list for IN and NOT IN. */
export interface Clause extends Target {
  readonly operator: Operator
  readonly value: string | number | readonly string[] | undefined
}

const operators: readonly string[] = ['=', '!=', '<', '<=', '>', '>=', 'LIKE', 'ILIKE', 'IN', 'NOT IN']

/** Reads words one after the other. */
const reader = (filter: string) => {
  const words = wordsOf(filter)
  let at = 0
  const bad = () =>
    badValue(
      `Invalid clause(s) in filter string: '${words
        .slice(at)
        .map(({ raw }) => raw)
        .join(' ')}'`,
    )
  return {
    bad,
    ended: () => at >= words.length,
    next: (): Word => {
      const word = words[at]
      if (word === undefined) throw bad()
      at += 1
      return word
    },
    /** Takes the next word when it is this keyword or mark. */
    takes: (wanted: string): boolean => {
      const found = words[at]?.raw.toUpperCase() === wanted
      if (found) at += 1
      return found
    },
  }
}

type Reader = ReturnType<typeof reader>

const operatorOf = (read: Reader): string => {
  const word = read.next()
  const written = word.raw.toUpperCase()
  if (written === 'IS') {
    const not = read.takes('NOT')
    if (!read.takes('NULL')) throw read.bad()
    return not ? 'IS NOT NULL' : 'IS NULL'
  }
  if (written === 'NOT') return `NOT ${read.next().raw.toUpperCase()}`
  return written
}

const isText = ({ kind }: Word): boolean => kind === 'text'

const listOf = (read: Reader): string[] => {
  if (!read.takes('(')) throw badValue('IN expects a list of quoted string values')
  const found: string[] = []
  for (;;) {
    // A comma after the last one is fine: ('a',)
    if (found.length > 0 && read.takes(')')) return found
    const word = read.next()
    if (!isText(word)) throw badValue(`Expected a non-empty list of quoted string values, found ${word.raw}`)
    found.push(unquoted(word.raw))
    if (!read.takes(',')) {
      if (!read.takes(')')) throw read.bad()
      return found
    }
  }
}

const scalarOf = (read: Reader, { kind }: Field, target: Target): string | number => {
  const word = read.next()
  const number = isText(word) && kind === 'either' ? unquoted(word.raw) : word.raw
  if (kind !== 'text' && (word.kind === 'number' || (kind === 'either' && isText(word)))) {
    if (number.trim() !== '' && Number.isFinite(Number(number))) return Number(number)
  }
  if (kind === 'text' && isText(word)) return unquoted(word.raw)
  const expected = kind === 'text' ? 'a quoted string value' : 'a numeric value'
  throw badValue(`Expected ${expected} for ${target.entity} '${target.key}'. Found ${word.raw}`)
}

const isOperator = (written: string, field: Field): written is Operator =>
  field.operators.some((known) => known === written)

const valueOf = (read: Reader, operator: Operator, field: Field, target: Target): Clause['value'] => {
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') return undefined
  return operator === 'IN' || operator === 'NOT IN' ? listOf(read) : scalarOf(read, field, target)
}

const clauseOf = (read: Reader, grammar: Grammar): Clause => {
  const word = read.next()
  if (word.kind !== 'name' && !word.raw.startsWith('"')) throw read.bad()
  const written = operatorOf(read)
  if (!operators.includes(written) && !written.startsWith('IS '))
    throw badValue(`Invalid comparator '${written}'`)
  const target = targetOf(word.raw, grammar)
  const field = grammar.field(target.entity, target.key)
  if (field === undefined) throw badValue(`Invalid ${target.entity} key '${target.key}' specified`)
  if (!isOperator(written, field))
    throw badValue(
      `Invalid comparator '${written}' for ${target.entity} '${target.key}', not one of ${field.operators.join(', ')}`,
    )
  return { ...target, operator: written, value: valueOf(read, written, field, target) }
}

/**
 * The comparisons of a filter, all of which must hold.
 * @throws Refused 400 INVALID_PARAMETER_VALUE for whatever is not in the grammar
 */
export const parseFilter = (filter: string | undefined, grammar: Grammar): Clause[] => {
  if (filter === undefined || filter === '') return []
  const read = reader(filter)
  if (read.ended()) throw badValue(`Invalid filter '${filter}'. Could not be parsed.`)
  const found: Clause[] = []
  while (!read.ended()) if (!read.takes('AND')) found.push(clauseOf(read, grammar))
  return found
}
