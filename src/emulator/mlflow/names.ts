import { posix } from 'node:path'
import { badValue } from '../server/refused.ts'

/** Code points, not UTF-16 units: the limits are Python's. */
const lengthOf = (text: string): number => Array.from(text).length

const legal = /^[/\p{L}\p{N}_.\- :]*$/u
const mostKey = 250

/**
 * A key of a metric, param or tag: at most 250 letters, digits, `/ _ - . :` and spaces, and no path in disguise.
 * @throws Refused 400 INVALID_PARAMETER_VALUE
 */
export const checkKey = (key: string, field: string): void => {
  const plain =
    posix.normalize(key) === key &&
    key !== '.' &&
    !key.startsWith('..') &&
    !key.startsWith('/') &&
    !key.endsWith('/')
  if (!legal.test(key) || !plain)
    throw badValue(
      `Invalid value '${key}' for parameter '${field}' supplied: names may only contain letters, digits, slashes, underscores, dashes, periods, colons and spaces, and must not be paths in disguise`,
    )
  checkLength(key, mostKey, field)
}

/** @throws Refused 400 INVALID_PARAMETER_VALUE when it is longer than `most` characters */
export const checkLength = (text: string, most: number, field: string): void => {
  if (lengthOf(text) > most) throw badValue(`'${field}' exceeds the maximum length of ${most} characters`)
}

/** What a real server does with values that are too long for their column. */
export const cut = (text: string, most: number): string =>
  lengthOf(text) > most ? Array.from(text).slice(0, most).join('') : text
