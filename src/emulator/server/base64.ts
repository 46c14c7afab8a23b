import { text } from './read.ts'
import { malformed } from './refused.ts'

const alphabet = /^[A-Za-z0-9+/\s]*={0,2}\s*$/

/**
 * Bytes in a JSON body.
 * @throws Refused 400 MALFORMED_REQUEST; the value itself is never in the message
 */
export const base64 = (value: unknown, field: string): Buffer | undefined => {
  const encoded = text(value, field)
  if (encoded === undefined) return undefined
  if (!alphabet.test(encoded)) throw malformed(`Could not parse request object: '${field}' is not base64`)
  return Buffer.from(encoded, 'base64')
}
