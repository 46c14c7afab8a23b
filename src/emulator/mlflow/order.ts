import { badValue, Refused } from '../server/refused.ts'
import { targetOf, type Grammar, type Target } from './grammar.ts'

export interface Order extends Target {
  readonly ascending: boolean
}

const term = /^\s*((?:`[^`]*`|"[^"]*"|'[^']*'|[^\s`"'])+)(?:\s+(\S+))?\s*$/u

const orderOf = (text: string, grammar: Grammar): Order => {
  const [, raw, direction = 'asc'] = term.exec(text) ?? []
  if (raw === undefined || !/^(asc|desc)$/i.test(direction))
    throw badValue(`Invalid order_by clause '${text}'. Could not be parsed.`)
  // `metrics.m` in one pair of quotes means metrics.m here, unlike in a filter.
  const target = targetOf(
    raw.replace(/^([`"])(.*)\1$/, (whole, _, inner: string) => (/[`"]/.test(inner) ? whole : inner)),
    grammar,
  )
  if (!grammar.sorts(target.entity, target.key))
    throw badValue(`Invalid order by key '${target.key}' specified (${target.entity})`)
  return { ...target, ascending: direction.toLowerCase() === 'asc' }
}

/**
 * The terms of `order_by`, first one first.
 * @throws Refused 400 INVALID_PARAMETER_VALUE; 500 when a field comes twice, as the real server does
 */
export const parseOrder = (orderBy: readonly string[], grammar: Grammar): Order[] => {
  const found = orderBy.map((text) => orderOf(text, grammar))
  const fields = new Set(found.map(({ entity, key }) => `${entity}.${key}`))
  if (fields.size < found.length)
    throw new Refused(500, 'INTERNAL_ERROR', `order_by contains duplicate fields: ${orderBy.join(', ')}`)
  return found
}
