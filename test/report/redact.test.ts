import { Buffer } from 'node:buffer'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createRedactor } from '../../src/report/redact.ts'

const redactorOf = (...secrets: string[]) => {
  const redactor = createRedactor()
  for (const secret of secrets) redactor.add(secret)
  return redactor
}

const html = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c] ?? c,
  )

/** Independent spellings: made by the platform or by the rule of each format, not by the code under test. */
const encodings: Record<string, (text: string) => string> = {
  raw: (s) => s,
  json: (s) => JSON.stringify(s).slice(1, -1),
  'json in json': (s) => JSON.stringify(JSON.stringify(s)).slice(1, -1),
  'json, slashes escaped': (s) => JSON.stringify(s).slice(1, -1).replaceAll('/', '\\/'),
  'json, ascii only': (s) =>
    JSON.stringify(s)
      .slice(1, -1)
      .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  url: encodeURIComponent,
  'url, lower hex': (s) => encodeURIComponent(s).replace(/%../g, (hex) => hex.toLowerCase()),
  'url, twice': (s) => encodeURIComponent(encodeURIComponent(s)),
  'url, path': encodeURI,
  form: (s) => new URLSearchParams({ s }).toString().slice(2),
  'every byte in percent': (s) =>
    [...Buffer.from(s)].map((b) => `%${b.toString(16).padStart(2, '0')}`).join(''),
  hex: (s) => Buffer.from(s).toString('hex'),
  'hex, upper': (s) => Buffer.from(s).toString('hex').toUpperCase(),
  html,
  'html, numbers': (s) => Array.from(s, (c) => `&#${c.codePointAt(0)};`).join(''),
  'html, hex numbers': (s) => Array.from(s, (c) => `&#x${c.codePointAt(0)?.toString(16)};`).join(''),
  'shell, single quotes': (s) => `'${s.replaceAll("'", `'\\''`)}'`,
  'shell, double quotes': (s) => `"${s.replace(/[\\"$`]/g, '\\$&')}"`,
  'shell, backslashes': (s) => s.replace(/[^\w./-]/gu, '\\$&'),
}

/** Without surrogate halves, which no encoding keeps, and long enough after trimming, lines joined. */
const secrets = fc
  .oneof(
    fc.string({ minLength: 6, maxLength: 40 }),
    fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }),
    fc.stringMatching(/^[\w+/=&%?"'\\ -]{6,40}$/),
    fc.stringMatching(/^dapi[0-9a-f]{32}$/),
  )
  .map((text) => text.trim())
  .filter(
    (text) =>
      text.length >= 6 && !/\p{Surrogate}/u.test(text) && !/[\r\n]/.test(text) && !text.includes('***'),
  )

const context = fc.string({ maxLength: 20, unit: 'grapheme' })

describe('every spelling of a secret is hidden', () => {
  it.each(Object.entries(encodings))('%s', (_name, encode) => {
    fc.assert(
      fc.property(secrets, context, context, (secret, before, after) => {
        const spelt = encode(secret)
        const output = redactorOf(secret).redact(`${before} ${spelt} ${after}`)
        expect(output).not.toContain(spelt)
        expect(output).not.toContain(secret)
        expect(output).toContain('***')
      }),
      { numRuns: 200 },
    )
  })
})

describe('base64 hides nothing', () => {
  it.each(['base64', 'base64url'] as const)('%s: inside a longer text, at every alignment', (encoding) => {
    fc.assert(
      fc.property(
        secrets,
        fc.uint8Array({ maxLength: 7 }),
        fc.uint8Array({ maxLength: 7 }),
        (secret, before, after) => {
          const whole = Buffer.concat([before, Buffer.from(secret), after]).toString(encoding)
          const output = redactorOf(secret).redact(`Authorization: Basic ${whole}`)
          expect(output).toContain('***')
          // What is left decodes to nothing of the secret: at most the 3 characters at either end that neighbours share.
          const left = output.replace('Authorization: Basic ', '').split('***')
          const kept = left.join('').replace(/=+$/, '').length
          expect(kept).toBeLessThanOrEqual(
            Math.ceil((before.length * 4) / 3) + Math.ceil((after.length * 4) / 3) + 4,
          )
        },
      ),
      { numRuns: 300 },
    )
  })

  it('the credentials of HTTP basic', () => {
    const header = Buffer.from('client-id:s3cr3t/+value').toString('base64')
    expect(redactorOf('s3cr3t/+value').redact(`Basic ${header}`)).not.toContain(header.slice(-12))
  })
})

describe('what is not a secret stays', () => {
  it('text without the secret is unchanged', () => {
    fc.assert(
      fc.property(fc.array(fc.lorem({ maxCount: 3 }), { maxLength: 8 }), (words) => {
        const text = words.join(' 12% «x» & \\n ')
        expect(redactorOf('dapi0123456789abcdef', 'p@ss w0rd&more').redact(text)).toBe(text)
      }),
    )
  })

  const table: [string, string[], string, string][] = [
    ['no secret known', [], 'dapi0123456789', 'dapi0123456789'],
    ['the longer of two', ['secret1', 'secret1-and-more'], 'x secret1-and-more y', 'x *** y'],
    ['two that overlap', ['abcdefgh', 'fghijklm'], 'x abcdefghijklm y', 'x *** y'],
    ['two side by side', ['abcdefgh', 'ijklmnop'], 'abcdefghijklmnop', '***'],
    ['many times', ['abcdefgh'], 'abcdefgh, abcdefgh', '***, ***'],
    ['with space around', ['  abcdefgh\n'], 'is abcdefgh.', 'is ***.'],
    [
      'each line of a key',
      ['-----BEGIN-----\nMIIEabc123\r\n-----END-----'],
      'at MIIEabc123 of it',
      'at *** of it',
    ],
    ['one whose lines are short', ['ab12\ncd34'], 'is ab12\r\ncd34 or "ab12\\ncd34"', 'is *** or "***"'],
    ['a secret of asterisks', ['******'], 'a ****** b', 'a *** b'],
  ]
  it.each(table)('%s', (_name, list, text, expected) => {
    expect(redactorOf(...list).redact(text)).toBe(expected)
  })

  it('is stable: a second pass changes nothing', () => {
    fc.assert(
      fc.property(fc.array(secrets, { maxLength: 4 }), context, (list, around) => {
        const { redact } = redactorOf(...list)
        const once = redact([around, ...list, around].join(''))
        expect(redact(once)).toBe(once)
      }),
    )
  })
})

describe('add', () => {
  it('says that a short secret is not hidden', () => {
    const redactor = createRedactor()
    expect(redactor.add('prod')).toBe(false)
    expect(redactor.add('  five5  ')).toBe(false)
    expect(redactor.redact('prod five5')).toBe('prod five5')
  })

  it('hides what is long enough', () => {
    expect(createRedactor().add('sixsix')).toBe(true)
  })
})

it('is quick on large texts and hostile runs', () => {
  const { redact } = redactorOf(
    `${'\\'.repeat(30)}x`,
    `${"'".repeat(30)}x`,
    `dapi${'a'.repeat(32)}`,
    'j'.repeat(1500),
  )
  const begun = performance.now()
  redact(`${'\\'.repeat(200)}${"'".repeat(200)}`)
  redact('notebooks/etl/part-0001.py 0a1b2c3d\n'.repeat(10_000))
  expect(performance.now() - begun).toBeLessThan(2000)
})
