import { badValue } from '../server/refused.ts'

/** `name`: parts with dots between, each bare or quoted. `text`: quoted by ' or ". `raw` is as written, quotes included. */
export interface Word {
  readonly kind: 'name' | 'text' | 'number' | 'operator' | 'mark'
  readonly raw: string
}

const bare = '[\\p{L}_][\\p{L}\\p{N}_$#]*'
const word = new RegExp(
  [
    `(?<name>(?:\`[^\`]+\`|${bare})(?:\\.(?:\`[^\`]+\`|"[^"]+"|'[^']+'|${bare}))*)`,
    `(?<text>'(?:''|\\\\'|[^'])*'|"(?:""|\\\\"|[^"])*")`,
    `(?<number>-?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)`,
    `(?<operator>[<>=!]+)`,
    `(?<mark>[(),])`,
  ].join('|'),
  'uy',
)
const space = /\s*/y

const kindOf = ({ name, text, number, operator }: Record<string, string | undefined>): Word['kind'] => {
  if (name !== undefined) return 'name'
  if (text !== undefined) return 'text'
  if (number !== undefined) return 'number'
  return operator === undefined ? 'mark' : 'operator'
}

/** @throws Refused 400 INVALID_PARAMETER_VALUE at a character that no filter has */
export const wordsOf = (filter: string): Word[] => {
  const found: Word[] = []
  for (let at = 0; ;) {
    space.lastIndex = at
    space.test(filter)
    at = space.lastIndex
    if (at >= filter.length) return found
    word.lastIndex = at
    const match = word.exec(filter)
    if (match === null) throw badValue(`Invalid clause(s) in filter string: '${filter.slice(at)}'`)
    found.push({ kind: kindOf(match.groups ?? {}), raw: match[0] })
    at = word.lastIndex
  }
}

/** Without its quotes or backticks. A doubled quote within stays doubled, as on the real server. */
export const unquoted = (raw: string): string =>
  raw.length > 1 && raw[0] === raw.at(-1) && /^[`'"]/.test(raw) ? raw.slice(1, -1) : raw
