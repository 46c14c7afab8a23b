import { describe, expect, it } from 'vitest'

import { colorWanted, createPaint } from '../../src/report/output.ts'
import { textTable, width } from '../../src/report/table.ts'
import { count, duration, libraryName, shorten, showValue } from '../../src/report/text.ts'

describe('small words', () => {
  it.each([
    [0, 'cluster', '0 clusters'],
    [1, 'library', '1 library'],
    [2, 'library', '2 libraries'],
  ])('count %i %s', (n, noun, expected) => {
    expect(count(n, noun)).toBe(expected)
  })

  it.each([
    [-5, '0.0s'],
    [449, '0.4s'],
    [59_940, '59.9s'],
    [59_960, '1m00s'],
    [125_000, '2m05s'],
    [3_720_000, '1h02m'],
  ])('duration of %i ms', (ms, expected) => {
    expect(duration(ms)).toBe(expected)
  })

  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['😀😀😀', 2, '😀…'],
  ])('shorten %s to %i', (text, max, expected) => {
    expect(shorten(text, max)).toBe(expected)
  })

  it.each([
    [undefined, '(not set)'],
    [null, 'null'],
    ['a "b"', '"a \\"b\\""'],
    [9007199254740993n, '9007199254740993'],
    [{ a: [1n, undefined] }, '{"a":[1,null]}'],
  ])('value %s', (value, expected) => {
    expect(showValue(value, (text) => text)).toBe(expected)
  })

  it.each([
    [{ pypi: { package: 'a==1' } }, 'pypi a==1'],
    [{ cran: { package: 'tidyverse', repo: 'https://r.example' } }, 'cran tidyverse from https://r.example'],
    [{ maven: { coordinates: 'a:b:1', exclusions: ['c:d', 'e:f'] } }, 'maven a:b:1 without c:d, e:f'],
    [{ whl: 'dbfs:/a.whl' }, 'whl dbfs:/a.whl'],
  ])('library %j', (library, expected) => {
    expect(libraryName(library)).toBe(expected)
  })
})

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('%j on a terminal: %s', (env, isTTY, expected) => {
    expect(colorWanted(env, isTTY)).toBe(expected)
  })

  it('are painted only when wanted', () => {
    expect(createPaint(true)('error', 'x')).toBe('\u001b[31mx\u001b[39m')
    expect(createPaint(false)('error', 'x')).toBe('x')
  })
})

describe('a text table', () => {
  it('aligns by what people see, numbers to the right, no trailing space', () => {
    const rows = [
      { name: 'e\u0301tude', size: 7, note: 'x\ny' },
      { name: '👩‍👩‍👧', size: 12345678901234567890n, note: undefined },
    ]
    const table = textTable(
      [
        { title: 'name', value: ({ name }) => name },
        { title: 'size', value: ({ size }) => size, align: 'right' },
        { title: 'note', value: ({ note }) => note },
      ],
      rows,
    )
    expect(table.split('\n')).toEqual([
      'name                   size  note',
      'e\u0301tude                     7  x y',
      '👩‍👩‍👧      12345678901234567890  -',
    ])
  })

  it('without rows is its titles', () => {
    expect(textTable([{ title: 'a', value: () => 1 }], [])).toBe('a')
  })

  it('counts letters, not code units', () => {
    expect([width(''), width('abc'), width('e\u0301'), width('👩‍👩‍👧')]).toEqual([0, 3, 1, 1])
  })
})
