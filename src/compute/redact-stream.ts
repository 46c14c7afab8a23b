export const redacted = '[REDACTED]'

/** Shorter secrets are looked for as they are only: their encoded forms are in every text. */
const shortestEncoded = 8

/** A secret, the forms in which code prints it by accident, and each line of it when it has several (a private key). */
const formsOf = (secret: string): string[] => {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= shortestEncoded)
  const encoded = [Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]
  return [secret, ...lines, ...(secret.length < shortestEncoded ? [] : encoded)]
}

type Span = [start: number, end: number]

/** Every occurrence, also of overlapping ones; those that overlap are one. `text` and patterns are bytes as latin1. */
const spansOf = (text: string, patterns: readonly string[], covered: number): Span[] => {
  const found: Span[] = covered > 0 ? [[0, covered]] : []
  for (const pattern of patterns)
    for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1))
      found.push([at, at + pattern.length])
  found.sort(([a], [b]) => a - b)
  const merged: Span[] = []
  for (const [start, end] of found) {
    const last = merged.at(-1)
    if (last && start < last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}

/** From where on the text may be the beginning of a secret that goes on in the next chunk. */
const heldFrom = (text: string, patterns: readonly string[]): number => {
  let longest = 0
  for (const pattern of patterns)
    for (let length = Math.min(pattern.length - 1, text.length); length > longest; length--)
      if (text.endsWith(pattern.slice(0, length))) longest = length
  return text.length - longest
}

export interface Redactor {
  /** What can be written now; the rest waits for the next chunk. */
  push: (chunk: Buffer) => Buffer
  end: () => Buffer
}

const bytesOf = (secrets: readonly string[]): string[] => [
  ...new Set(
    secrets
      .flatMap(formsOf)
      .filter((form) => form !== '')
      .map((form) => Buffer.from(form, 'utf8').toString('latin1')),
  ),
]

/**
 * A stream of bytes with every secret replaced, also one that is split between two chunks. Holds back less than the
 * longest secret, so its memory is bounded.
 */
export const createRedactor = (secrets: readonly string[]): Redactor => {
  const patterns = bytesOf(secrets)
  let kept = ''
  // So many bytes of `kept` belong to an occurrence that has been replaced already.
  let covered = 0
  const take = (text: string, held: number): Buffer => {
    let out = ''
    let at = 0
    // When all is held back nothing is written, and what was replaced before stays replaced.
    let next = held === 0 ? covered : 0
    for (const [start, end] of spansOf(text, patterns, covered)) {
      if (start >= held) break
      out += text.slice(at, start)
      if (covered === 0 || start > 0) out += redacted
      at = Math.min(end, held)
      next = end - at
    }
    out += text.slice(at, held)
    kept = text.slice(held)
    covered = next
    return Buffer.from(out, 'latin1')
  }
  return {
    push: (chunk) => {
      if (patterns.length === 0) return chunk
      const text = kept + chunk.toString('latin1')
      return take(text, heldFrom(text, patterns))
    },
    end: () => take(kept, kept.length),
  }
}

/** A whole text with every secret replaced. */
export const redactText = (text: string, secrets: readonly string[]): string => {
  const redactor = createRedactor(secrets)
  return Buffer.concat([redactor.push(Buffer.from(text)), redactor.end()]).toString('utf8')
}
