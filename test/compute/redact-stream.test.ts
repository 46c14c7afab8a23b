import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor, redactText } from '../../src/compute/redact-stream.ts'

describe('a redacted text', () => {
  it.each<[text: string, secrets: string[], expected: string]>([
    ['nothing here', ['secret'], 'nothing here'],
    ['a secret, a secret', ['secret'], 'a [REDACTED], a [REDACTED]'],
    ['secretsecret', ['secret'], '[REDACTED][REDACTED]'],
    ['abcdef', ['abc', 'bcde'], '[REDACTED]f'],
    ['abcdef', ['abc', 'abcdef'], '[REDACTED]'],
    ['aaaa', ['aa'], '[REDACTED]'],
    ['grüße ü', ['grüße'], '[REDACTED] ü'],
    ['half a secr', ['secret'], 'half a secr'],
    ['c2VjcmV0LXZhbHVl', ['secret-value'], '[REDACTED]'],
    ['?q=se%20cret%2Fvalue', ['se cret/value'], '?q=[REDACTED]'],
    ['a line: first line of it', ['first line of it\nx'], 'a line: [REDACTED]'],
    ['text', [''], 'text'],
    ['text', [], 'text'],
  ])('%j without %j is %j', (text, secrets, expected) => {
    expect(redactText(text, secrets)).toBe(expected)
  })
})

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 40 })
const secrets = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 6 }), {
  maxLength: 3,
})

/** In pieces of these sizes, over and over. */
const inPieces = (text: string, sizes: readonly number[], hidden: readonly string[]): string => {
  const bytes = Buffer.from(text)
  const redactor = createRedactor(hidden)
  const out: Buffer[] = []
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1
    out.push(Buffer.from(redactor.push(bytes.subarray(at, at + size))))
    at += size
  }
  return Buffer.concat([...out, redactor.end()]).toString()
}

/** The same by marking bytes: what lies in a secret, and where one byte hangs together with the one before. */
const marked = (text: string, hidden: readonly string[]): string => {
  const bytes = Buffer.from(text)
  const [inside, joined] = [new Set<number>(), new Set<number>()]
  for (const secret of hidden.map((one) => Buffer.from(one)))
    for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, at + 1))
      for (let n = at; n < at + secret.length; n++) {
        inside.add(n)
        if (n > at) joined.add(n)
      }
  const out = [...bytes].map((byte, n) => {
    if (!inside.has(n)) return Buffer.from([byte])
    return Buffer.from(joined.has(n) ? '' : '[REDACTED]')
  })
  return Buffer.concat(out).toString()
}

describe('a redacted stream', () => {
  it.each<[pieces: string[], secrets: string[], expected: string]>([
    [['b', 'éb'], ['bé', 'éba'], '[REDACTED]b'],
    [['a', 'b', 'c', 'd', 'e', 'f'], ['ab', 'bcd'], '[REDACTED]ef'],
    [['ab', 'c', 'x'], ['ab', 'bcd'], '[REDACTED]cx'],
    [['ab', 'ab', 'a'], ['ab', 'bab'], '[REDACTED]a'],
    [['ab', 'c'], ['ab', 'bc', 'bcd'], '[REDACTED]'],
  ])('%j without %j is %j', (pieces, hidden, expected) => {
    const redactor = createRedactor(hidden)
    const out = pieces.map((piece) => redactor.push(Buffer.from(piece)))
    expect(Buffer.concat([...out, redactor.end()]).toString()).toBe(expected)
  })

  it('is the same however it is cut', () => {
    fc.assert(
      fc.property(
        letters,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        secrets,
        (text, sizes, hidden) => {
          expect(redactText(text, hidden)).toBe(marked(text, hidden))
          expect(inPieces(text, sizes, hidden)).toBe(marked(text, hidden))
        },
      ),
    )
  })

  it('holds no secret, and loses nothing else', () => {
    fc.assert(
      fc.property(letters, secrets, (text, hidden) => {
        const rest = redactText(text, hidden).split('[REDACTED]')
        for (const secret of hidden) for (const piece of rest) expect(piece).not.toContain(secret)
        for (const piece of rest) expect(text).toContain(piece)
      }),
    )
  })

  it('keeps back less than the longest secret', () => {
    const redactor = createRedactor(['x'.repeat(100)])
    let written = 0
    for (let n = 1; n <= 50; n++) {
      written += redactor.push(Buffer.from('y'.repeat(1000) + 'x'.repeat(99))).length
      expect(n * 1099 - written).toBeLessThan(100)
    }
  })
})
