import { describe, expect, test } from 'vitest'
import { placeOf, plain } from '../../src/config/located.ts'
import { parseText } from '../../src/config/parse.ts'
import { line } from './project.ts'

const bad: [name: string, file: string, text: string, faults: string[]][] = [
  ['an open brace', 'a.json', '{\n  "a": 1,\n', ['a.json:3:1 broken-json']],
  ['a trailing comma', 'a.json', '{\n  "a": 1,\n}', ['a.json:3:1 broken-json']],
  ['a comment', 'a.json', '{ // no\n  "a": 1 }', ['a.json:1:3 broken-json']],
  ['single quotes', 'a.json', "{ 'a': 1 }", ['a.json:1:3 broken-json']],
  ['no value', 'a.json', '{ "a": }', ['a.json:1:8 broken-json']],
  ['text after the end', 'a.json', '{}\n{}', ['a.json:2:1 broken-json']],
  ['an empty file', 'a.json', '', ['a.json:1:1 broken-json']],
  ['YAML in JSON', 'a.json', 'a: 1', ['a.json:1:1 broken-json']],
  ['a key twice', 'a.json', '{ "a": 1,\n  "b": 2,\n  "a": 3 }', ['a.json:3:3 duplicate-key']],
  [
    'two keys twice',
    'a.json',
    '{ "a": 1, "a": 1,\n  "b": {"c": 1, "c": 2} }',
    ['a.json:1:11 duplicate-key', 'a.json:2:17 duplicate-key'],
  ],
  ['a bad indent', 'a.yml', 'a:\n  b: 1\n c: 2\n', ['a.yml:3:1 broken-yaml']],
  ['an open bracket', 'a.yml', 'a: [1, 2\nb: 3\n', ['a.yml:2:1 broken-yaml']],
  ['a key twice in YAML', 'a.yml', 'a: 1\na: 2\n', ['a.yml:2:1 duplicate-key']],
  ['two documents', 'a.yml', 'a: 1\n---\nb: 2\n', ['a.yml:2:1 broken-yaml']],
  ['an unknown tag', 'a.yml', 'a: !secret x\n', ['a.yml:1:4 broken-yaml']],
  ['an alias to what it is part of', 'a.yml', 'a: &x\n  b: *x\n', ['a.yml:2:6 broken-yaml']],
  ['an alias to nothing', 'a.yml', 'a: *x\n', ['a.yml:1:4 broken-yaml']],
]

describe('broken files', () => {
  test.each(bad)('%s', (_, file, text, faults) => {
    const { faults: found } = parseText(text, file)
    expect(found.map((fault) => line(fault).split(': ')[0])).toEqual(faults)
    expect(found.every(({ message, hint }) => message && hint)).toBe(true)
  })
})

describe('values', () => {
  const values: [file: string, text: string, value: unknown][] = [
    [
      'a.json',
      '\uFEFF{"a": [1, -2.5, 1e3, true, null, "\\u00e9\\/\\ud83d\\ude00"]}',
      { a: [1, -2.5, 1000, true, null, 'é/😀'] },
    ],
    [
      'a.json',
      '{"id": 9007199254740993, "small": 9007199254740991}',
      { id: 9007199254740993n, small: 9007199254740991 },
    ],
    ['a.json', '{"a"\n:\t1}', { a: 1 }],
    ['a.json', '{"__proto__": {"x": 1}}', JSON.parse('{"__proto__": {"x": 1}}')],
    [
      'a.yml',
      'a: 9007199254740993\nb: yes\nc: 010\nd: 1_0\n',
      { a: 9007199254740993n, b: 'yes', c: 10, d: '1_0' },
    ],
    ['a.yml', 'a: &x { b: 1 }\nc: *x\n', { a: { b: 1 }, c: { b: 1 } }],
    ['a.yml', '', null],
    ['a.yml', '1: a\n', { 1: 'a' }],
  ]
  test.each(values)('%s %j', (file, text, value) => {
    const { node, faults } = parseText(text, file)
    expect(faults).toEqual([])
    expect(node && plain(node)).toEqual(value)
  })
})

describe('places', () => {
  const text = 'a:\n  - b: "x"\n    c:\n'
  const places: [path: (string | number)[], on: 'key' | 'value', line: number, column: number][] = [
    [['a'], 'key', 1, 1],
    [['a', 0], 'value', 2, 5],
    [['a', 0, 'b'], 'key', 2, 5],
    [['a', 0, 'b'], 'value', 2, 8],
    [['a', 0, 'nothing'], 'value', 2, 5],
    [['nothing', 'at all'], 'value', 1, 1],
  ]
  test.each(places)('%j (%s)', (path, on, line, column) => {
    const { node } = parseText(text, 'a.yml')
    expect(node && placeOf(node, path, on)).toEqual({ file: 'a.yml', line, column })
  })
})
