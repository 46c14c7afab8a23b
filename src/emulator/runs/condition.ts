import type { ConditionTask } from '../../wire/jobs.ts'

const numeric = (text: string): number =>
  /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : NaN

const ordered: Partial<Record<ConditionTask['op'], (left: number, right: number) => boolean>> = {
  GREATER_THAN: (left, right) => left > right,
  GREATER_THAN_OR_EQUAL: (left, right) => left >= right,
  LESS_THAN: (left, right) => left < right,
  LESS_THAN_OR_EQUAL: (left, right) => left <= right,
}

export const conditionOperators: readonly string[] = ['EQUAL_TO', 'NOT_EQUAL', ...Object.keys(ordered)]

/**
 * Equality compares texts («12.0» is not «12»), order compares numbers: https://docs.databricks.com/jobs/if-else
 * @returns the outcome, or why there is none
 */
export const evaluate = ({ op, left, right }: ConditionTask): { outcome: boolean } | { fault: string } => {
  if (op === 'EQUAL_TO') return { outcome: left === right }
  if (op === 'NOT_EQUAL') return { outcome: left !== right }
  const compare = ordered[op]
  if (compare === undefined) return { fault: `Unknown operator ${op}` }
  const [a, b] = [numeric(left), numeric(right)]
  if (Number.isNaN(a) || Number.isNaN(b))
    return { fault: `${op} compares numbers, but the operands are '${left}' and '${right}'` }
  return { outcome: compare(a, b) }
}
