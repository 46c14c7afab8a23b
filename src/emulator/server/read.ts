import type { Json } from '../../wire/endpoint.ts'
import { badValue, malformed } from './refused.ts'

/** An input as it arrived: the names are the endpoint's, the values are anybody's guess. */
export type Loose<In> = { readonly [Key in keyof In]?: unknown }

const wrongType = (kind: string, field: string) =>
  malformed(`Could not parse request object: Expected ${kind} for field '${field}'`)

const given = (value: unknown): boolean => value !== undefined && value !== null

/** Numbers and booleans are accepted as text, as the real service's parser does: ids arrive either way. */
export const text = (value: unknown, field: string): string | undefined => {
  if (!given(value)) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${value}`
  throw wrongType('Scalar value', field)
}

/** @throws Refused 400 INVALID_PARAMETER_VALUE when it is absent or empty. */
export const neededText = (value: unknown, field: string): string => {
  const found = text(value, field)
  if (found === undefined || found === '') throw badValue(`Missing required field '${field}'`)
  return found
}

/** An int32 or a timestamp; the legacy CLI sends them as text. */
export const whole = (value: unknown, field: string): number | undefined => {
  if (!given(value)) return undefined
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof found === 'bigint') return Number(found)
  if (typeof found !== 'number' || !Number.isInteger(found)) throw wrongType('Scalar value (int)', field)
  return found
}

/** In queries and multipart forms booleans are text, `False` included (legacy CLI). */
export const flag = (value: unknown, field: string): boolean | undefined => {
  if (!given(value)) return undefined
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : undefined
  if (word === 'true' || word === 'false') return word === 'true'
  throw wrongType('Scalar value (boolean)', field)
}

const isItems = (value: unknown): value is Json[] => Array.isArray(value)

export const items = (value: unknown, field: string): Json[] | undefined => {
  if (!given(value)) return undefined
  if (isItems(value)) return value
  throw wrongType("'START_ARRAY'", field)
}

/** A list in a query: repeated, or one text with commas. */
export const words = (value: unknown, field: string): readonly string[] | undefined => {
  if (!given(value)) return undefined
  const list = typeof value === 'string' ? value.split(',') : items(value, field)
  return list?.map((item) => text(item, field) ?? '')
}

export const isMembers = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

export const members = (value: unknown, field: string): Record<string, Json> | undefined => {
  if (!given(value)) return undefined
  if (isMembers(value)) return value
  throw wrongType("'START_OBJECT'", field)
}
