import { array, assert, integer, jsonValue, property, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, formatJson, parseJson } from '../../src/emulator/server/json.ts'
import { createLog } from '../../src/emulator/server/log.ts'
import { readMultipart } from '../../src/emulator/server/multipart.ts'
import { paginate } from '../../src/emulator/server/pages.ts'
import { detect, toIpynb, toSource, withHeader } from '../../src/emulator/tree/notebook.ts'
import { lineage, nameOf, parentOf } from '../../src/emulator/tree/paths.ts'

describe('JSON', () => {
  it.each([
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9007199254740993', -9_007_199_254_740_993n],
    ['9007199254740991', 9_007_199_254_740_991],
    ['0.1234567890123456', 0.123_456_789_012_345_6],
    ['"1234567890123456789"', '1234567890123456789'],
    ['[1,null,true]', [1, null, true]],
  ])('%s is exact both ways', (text, value) => {
    expect(parseJson(text)).toEqual(value)
    expect(parseJson(formatJson(value))).toEqual(value)
  })
  it('is the platform’s wherever that can do it', () => {
    assert(
      property(jsonValue(), (value) => {
        expect(formatJson(value)).toBe(JSON.stringify(value))
      }),
    )
  })
  it('has one canonical text whatever the order of keys', () => {
    expect(canonical({ b: 1, a: { d: [1, { f: 1, e: undefined }], c: 'x' } })).toBe(
      '{"a":{"c":"x","d":[1,{"f":1}]},"b":1}',
    )
    expect(canonical({ a: [1, 2] })).not.toBe(canonical({ a: [2, 1] }))
  })
})

describe('a multipart form', () => {
  const boundary = 'xYz'
  const form = (parts: [string, Uint8Array][]) =>
    Buffer.concat([
      ...parts.flatMap(([head, bytes]) => [
        Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`),
        bytes,
        Buffer.from('\r\n'),
      ]),
      Buffer.from(`--${boundary}--\r\n`),
    ])
  it('keeps any bytes of a file', () => {
    assert(
      property(uint8Array({ maxLength: 300 }), (bytes) => {
        const body = form([
          ['Content-Disposition: form-data; name="content"; filename="content"', bytes],
          ['Content-Disposition: form-data; name="path"', Buffer.from('/ä')],
        ])
        expect(readMultipart(body, `multipart/form-data; boundary="${boundary}"`)).toEqual({
          content: new Uint8Array(bytes),
          path: '/ä',
        })
      }),
    )
  })
  it.each([
    ['no name', form([['X: y', Buffer.from('')]])],
    ['no headers', Buffer.from(`--${boundary}\r\nx\r\n--${boundary}--`)],
  ])('with %s is refused', (_, body) => {
    expect(() => readMultipart(body, `multipart/form-data; boundary=${boundary}`)).toThrow(/multipart form/)
  })
})

describe('pages', () => {
  it('cover everything once, for any size', () => {
    assert(
      property(array(integer(), { maxLength: 40 }), integer({ min: 1, max: 10 }), (all, size) => {
        const seen: number[] = []
        let token: string | undefined
        do {
          const page = paginate(all, size, token)
          seen.push(...page.items)
          token = page.next_page_token
        } while (token !== undefined)
        expect(seen).toEqual(all)
      }),
    )
  })
})

describe('paths', () => {
  it.each([
    ['/a/b/c', ['/a/b/c', '/a/b', '/a', '/'], '/a/b', 'c'],
    ['/a', ['/a', '/'], '/', 'a'],
    ['/', ['/'], '/', ''],
  ])('%s', (path, line, parent, name) => {
    expect([lineage(path), parentOf(path), nameOf(path)]).toEqual([line, parent, name])
  })
})

describe('notebooks', () => {
  it('come back from Jupyter as they went', () => {
    const source = withHeader(
      Buffer.from('# MAGIC %md\n# MAGIC hi\n\n# COMMAND ----------\n\nx = 1\n\ny = 2\n'),
      'PYTHON',
    )
    expect(Buffer.from(toSource(toIpynb(source, 'PYTHON'), 'PYTHON')).toString()).toBe(
      Buffer.from(source).toString(),
    )
  })
  it.each([
    ['a.ipynb', '{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}', 'R'],
    ['a.ipynb', '{"cells": [], "metadata": {"language_info": {"name": "scala"}}}', 'SCALA'],
    ['a.ipynb', '{"cells": [], "metadata": {"language_info": {"name": "julia"}}}', 'PYTHON'],
    ['a.ipynb', 'broken', 'PYTHON'],
    ['a.PY', '# Databricks notebook source', 'PYTHON'],
    ['a.py', '\uFEFF# Databricks notebook source\n', 'PYTHON'],
    ['a.py', ' # Databricks notebook source', undefined],
  ])('%s with %j is in %s', (name, text, language) => {
    expect(detect(name, Buffer.from(text))?.language).toBe(language)
  })
})

describe('the log', () => {
  it('is bounded', () => {
    const log = createLog()
    const entry = { method: 'GET', path: '/', query: '', status: 200, ms: 1, at: 1 }
    for (let index = 0; index < 115_000; index += 1) log.add(entry)
    expect(log.since(0)).toHaveLength(100_000)
    expect(log.since(0).at(-1)?.seq).toBe(115_000)
    expect(log.since(114_999)).toHaveLength(1)
  })
})
