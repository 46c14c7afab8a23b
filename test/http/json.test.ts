import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatJson, parseJson } from '../../src/http/json.ts'

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

describe('JSON with int64', () => {
  it.each([
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
    ['1234567890123456', 1_234_567_890_123_456],
    ['0.1234567890123456789', 0.123_456_789_012_345_68],
    ['1e400', Infinity],
    ['"1234567890123456789"', '1234567890123456789'],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toBe(value)
  })

  it('keeps every int64, wherever it is', () => {
    fc.assert(
      fc.property(int64, fc.string(), (id, name) => {
        const text = `{"a":[{"job_id":${id}}],"n":${JSON.stringify(name)}}`
        const { a } = parseJson(text) as { a: { job_id: number | bigint }[] }
        expect(BigInt(a[0]?.job_id ?? 0)).toBe(id)
        expect(formatJson(parseJson(text))).toBe(text)
      }),
    )
  })

  it('is JSON for everything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(JSON.parse(formatJson(parseJson(text)))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('leaves out members that are not set', () => {
    expect(formatJson({ a: undefined, b: null })).toBe('{"b":null}')
  })

  it.each(['', '{', '{"a":1', '[1,]', '{"id":9007199254740993', 'nul'])('refuses %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })
})
