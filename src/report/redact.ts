import { spellings } from './spellings.ts'

/** What stands in the place of a secret. */
export const mask = '***'

/** Shorter ones are not hidden: a redactor that blanks every «prod» hides the message, not the secret. */
const shortestSecret = 6

export type Redact = (text: string) => string

export interface Redactor {
  /**
   * Hides this secret from now on, each of its lines too.
   * @returns false when it is shorter than 6 characters and therefore NOT hidden; tell the user
   */
  add: (secret: string) => boolean
  /** The text with every known secret, in every encoding, replaced by `***`. */
  redact: Redact
}

type Range = [start: number, end: number]

/** `exec` and not `matchAll`, which copies the expression each time: ten times slower on short lines. */
const rangesIn = (text: string, pattern: RegExp): Range[] => {
  const ranges: Range[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    ranges.push([match.index, pattern.lastIndex])
  }
  return ranges
}

/** Joins what overlaps or touches, so that no part of a secret survives beside the mask of another. */
const merged = (ranges: Range[]): Range[] => {
  const joined: Range[] = []
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else joined.push([start, end])
  }
  return joined
}

const cover = (text: string, ranges: Range[]): string => {
  let at = 0
  const kept = ranges.map(([start, end]) => {
    const before = text.slice(at, start)
    at = end
    return before + mask
  })
  return kept.join('') + text.slice(at)
}

const linesOf = (secret: string): string[] => {
  const whole = secret.trim()
  return [whole, ...whole.split(/\r\n|\r|\n/).map((line) => line.trim())]
}

/** A redactor that knows no secret yet. Secrets stay in memory only. */
export const createRedactor = (): Redactor => {
  const known = new Set<string>()
  const all: RegExp[] = []

  const add = (secret: string): boolean => {
    const parts = linesOf(secret).filter((part) => part.length >= shortestSecret)
    for (const part of parts) {
      if (known.has(part)) continue
      known.add(part)
      all.push(...spellings(part).map((source) => new RegExp(source, 'gu')))
    }
    return parts.length > 0
  }

  const redact = (text: string): string => {
    const ranges = all.flatMap((pattern) => rangesIn(text, pattern))
    // A mask next to kept text can spell a secret made of asterisks; each round is shorter, so this ends.
    return ranges.length === 0 ? text : redact(cover(text, merged(ranges)))
  }

  return { add, redact }
}
