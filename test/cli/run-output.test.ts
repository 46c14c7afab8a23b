import { describe, expect, it } from 'vitest'
import { addedTo, createLines } from '../../src/cli/run/lines.ts'
import { createLineScreen, shownLines } from '../../src/cli/run/screen.ts'
import type { Event } from '../../src/report/events.ts'

describe('what is new in a log', () => {
  const rows: [string, string, string, string][] = [
    ['nothing before', '', 'a\n', 'a\n'],
    ['the same', 'a\n', 'a\n', ''],
    ['more', 'a\n', 'a\nb\n', 'b\n'],
    ['its beginning is gone', 'one\ntwo\nthree\n', 'two\nthree\nfour\n', 'four\n'],
    ['all of it is gone', 'one\n', 'two\n', 'two\n'],
    ['lines that repeat', 'a\na\nb\na\n', 'b\na\nc\n', 'c\n'],
    ['emptied', 'a\n', '', ''],
  ]
  it.each(rows)('%s', (_name, before, now, added) => expect(addedTo(before, now)).toBe(added))

  it('is told of a window over a long log, whatever its pieces', () => {
    const all = Array.from({ length: 3000 }, (_, index) => `line ${index}: loss 0.5\n`).join('')
    let [known, printed] = ['', '']
    for (let end = 700; end < all.length + 700; end += 700) {
      const seen = all.slice(0, end).slice(-5000)
      printed += addedTo(known, seen)
      known = seen
    }
    expect(printed).toBe(all)
  })
})

describe('lines', () => {
  it('are whole, whatever the pieces', () => {
    const lines = createLines()
    expect([lines.add('a'), lines.add('b\r\nc\n\nd'), lines.end(), lines.end()]).toEqual([
      [],
      ['ab', 'c', ''],
      ['d'],
      [],
    ])
  })

  it('without an end are broken', () => {
    const found = createLines().add('x'.repeat(200_000))
    expect(found.map((line) => line.length)).toEqual([200_000])
  })
})

describe('the screen', () => {
  const show = (count: number, pieces: number, name = '') => {
    const said: string[] = []
    const emit = (event: Event): void => {
      if (event.type === 'notice') said.push(...event.text.split('\n'))
    }
    const screen = createLineScreen(emit, name)
    const lines = Array.from({ length: count }, (_, index) => `line ${index + 1}`)
    for (let at = 0; at < count; at += pieces) screen.show(lines.slice(at, at + pieces))
    screen.end('see run.log')
    return { said, tail: screen.tail() }
  }

  it.each([
    [3, 1, 3],
    [200, 7, 200],
    [201, 50, 201],
    [400, 400, 400],
  ])('shows all of %i lines', (count, pieces, shown) => {
    const { said } = show(count, pieces)
    expect(said).toHaveLength(shown)
    expect(said.at(-1)).toBe(`line ${count}`)
  })

  it('shows the first and the last of very many, and says where the others are', () => {
    const { said, tail } = show(10_000, 333, 'train')
    expect(said).toHaveLength(shownLines.first + 1 + shownLines.last)
    expect(said[199]).toBe('train | line 200')
    expect(said[200]).toBe('train | … 9600 lines left out; see run.log')
    expect(said.at(-1)).toBe('train | line 10000')
    expect(tail).toHaveLength(shownLines.last)
  })
})
