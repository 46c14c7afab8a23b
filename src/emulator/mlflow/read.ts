/**
 * Inputs of MLflow's endpoints, read as its servers read protobuf's JSON: strict about text, lenient about integers, and whatever does not
 * fit is 400 INVALID_PARAMETER_VALUE (on Databricks the same: https://mlflow.org/docs/latest/api_reference/rest-api.html).
 */
import type { EndpointTable } from '../../wire/endpoint.ts'
import type { KeyValue } from '../../wire/tracking.ts'
import type { Handlers } from '../server/call.ts'
import { isMembers } from '../server/read.ts'
import { badValue } from '../server/refused.ts'

const given = (value: unknown): boolean => value !== undefined && value !== null

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const snakeCased = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(snakeCased)
  if (!isMembers(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [snake(name), snakeCased(member)]))
}

/** Handlers that take `runId` for `run_id` too, at any depth: protobuf reads both. Wrap each MLflow family in it. */
export const protobuf = <T extends EndpointTable>(handlers: Handlers<T>): Handlers<T> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- same keys, same types
  Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      (input: unknown, call: unknown) =>
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        (handler as (input: unknown, call: unknown) => unknown)(snakeCased(input), call),
    ]),
  ) as Handlers<T>

const wrong = (field: string, value: unknown, kind: string) =>
  badValue(
    `Invalid value ${JSON.stringify(String(value))} for parameter '${field}' supplied: expected ${kind}`,
  )

/** Text; a number is refused (`version: 3` is 400). An empty text counts as absent. */
export const word = (value: unknown, field: string): string | undefined => {
  if (!given(value) || value === '') return undefined
  if (typeof value !== 'string') throw wrong(field, value, 'a string')
  return value
}

/** @throws Refused 400 when it is absent or empty */
export const neededWord = (value: unknown, field: string): string => {
  const found = word(value, field)
  if (found === undefined) throw badValue(`Missing value for required parameter '${field}'.`)
  return found
}

/** An int64 as decimal text, exact: what SQLite's INTEGER columns take and what `asInt64` gives back. */
export const int64 = (value: unknown, field: string): string | undefined => {
  if (!given(value)) return undefined
  const whole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
  if (whole || (typeof value === 'string' && /^-?\d{1,19}$/.test(value))) {
    const exact = BigInt(value)
    if (BigInt.asIntN(64, exact) === exact) return `${exact}`
  }
  throw wrong(field, value, 'an integer')
}

/** Out of the database, where it is read as CAST(x AS TEXT): a number where that is exact. */
export const asInt64 = (stored: string): number | bigint => {
  const value = Number(stored)
  return Number.isSafeInteger(value) ? value : BigInt(stored)
}

/** `max_results`: 1 to `most`. */
export const sizeOf = (value: unknown, { fallback, most }: { fallback?: number; most: number }): number => {
  const size = Number(int64(value, 'max_results') ?? fallback ?? 0)
  if (size < 1 || size > most)
    throw badValue(`Invalid value ${size} for parameter 'max_results' supplied. It must be from 1 to ${most}`)
  return size
}

/** A list; one value is a list of one, as a query has it. */
export const list = (value: unknown, field: string): readonly unknown[] => {
  if (!given(value)) return []
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [value]
  throw wrong(field, value, 'a list')
}

export const wordList = (value: unknown, field: string): readonly string[] =>
  list(value, field).map((item) => neededWord(item, field))

/** `[{key, value}]`. */
export const pairs = (value: unknown, field: string): KeyValue[] =>
  list(value, field).map((item) => {
    if (!isMembers(item)) throw wrong(field, item, 'a list of {key, value}')
    return { key: neededWord(item.key, `${field}.key`), value: word(item.value, `${field}.value`) ?? '' }
  })

/** One of these, or nothing: MLflow ignores a name of an enumeration that it does not know. */
export const choice = <T extends string>(value: unknown, known: readonly T[]): T | undefined =>
  known.find((name) => name === value)
