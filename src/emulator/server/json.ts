import { parse } from 'lossless-json'

/** Below 16 digits in a row every integer is exact, and JSON.parse is ten times faster. */
const mayHoldInt64 = /\d{16}/

const exactNumber = (text: string): number | bigint => {
  const value = Number(text)
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value
}

/**
 * Parse JSON; integers beyond 2^53 come back as bigint.
 * @throws SyntaxError
 */
export const parseJson = (text: string): unknown =>
  mayHoldInt64.test(text) ? parse(text, undefined, exactNumber) : JSON.parse(text)

/** A document that this workspace wrote itself, so its type is known. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows what it stored
export const stored = <Doc>(text: string): Doc =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  parseJson(text) as Doc

/** The inverse of parseJson: a bigint is written as a plain number. `undefined` members are left out. */
export const formatJson = (value: unknown): string => {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(formatJson).join(',')}]`
  let text = ''
  for (const [key, member] of Object.entries(value))
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${formatJson(member)}`
  return `{${text}}`
}

/** One text for equal values, whatever the order of their keys: the identity of a library. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return formatJson(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
