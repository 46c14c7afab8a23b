import type { JsonNumber } from '../plan/state-evidence.ts'
import { own } from './check.ts'

export type NumberCode = 'MISSING_METRIC' | 'NOT_A_NUMBER' | 'NOT_FINITE'

/** Values as they travel: MLflow writes NaN and infinities as text. */
export const readNumber = (
  metrics: Readonly<Record<string, JsonNumber>>,
  name: string,
): { value: number } | { code: NumberCode } => {
  const value = own(metrics, name)
  if (value === undefined) return { code: 'MISSING_METRIC' }
  if (value === 'Infinity' || value === '-Infinity') return { code: 'NOT_FINITE' }
  // Evidence comes from a file: what is no number at all is not one here either.
  if (typeof value !== 'number' || Number.isNaN(value)) return { code: 'NOT_A_NUMBER' }
  return Number.isFinite(value) ? { value } : { code: 'NOT_FINITE' }
}

const side = (value: number, bound: number): number => Math.sign(value - bound)

/** With as few digits as tell it from `bound`: 0.7999996 is not shown as the 0.8 that it misses. */
export const show = (value: number, bound?: number): string => {
  if (Number.isInteger(value)) return String(value)
  if (value === bound) return String(Number(value.toPrecision(6)))
  const short = [6, 9, 12].map((digits) => Number(value.toPrecision(digits)))
  const told = short.find((one) => bound === undefined || side(one, bound) === side(value, bound))
  return String(told ?? value)
}

export const percent = (share: number): string => `${show(share * 100)} %`

/** Differences of decimal fractions are off in the last digits, and bounds are inclusive: 2.205 is 5 % above 2.1. */
const rounding = 1e-12

/**
 * `value >= bound` of numbers that were calculated from some as large as `scale`. False when one is not finite.
 * For `<=` exchange them.
 */
export const atLeast = (value: number, bound: number, scale: number): boolean =>
  Number.isFinite(value) && Number.isFinite(bound) && value >= bound - Math.abs(scale) * rounding

/** Whole and not negative: what a number of rows or tests is. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
