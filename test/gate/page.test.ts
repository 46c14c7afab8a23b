import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checks } from '../../src/gate/checks.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'gates.md'), 'utf8')

/** Rows of the table with this header, as their cells. */
const rowsOf = (header: string): string[][] => {
  const [, after = ''] = page.split(`\n${header}\n`)
  const [, ...lines] = (after.split('\n\n')[0] ?? '').split('\n')
  return lines.filter(Boolean).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const codesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code ?? [])

it('docs/gates.md has every check with its codes, in the order of the gate', () => {
  const rows = rowsOf('| check | asks | rule | codes |').map(
    ([name = '', asks = '', rule = '', codes = '']) => {
      expect(asks).not.toBe('')
      expect(rule).not.toBe('')
      return [codesIn(name).join(), codesIn(codes)]
    },
  )
  expect(rows).toEqual(checks.map(({ name, codes }) => [name, [...codes]]))
})

it('docs/gates.md says what every code means', () => {
  const rows = rowsOf('| code | means |')
  const codes = rows.map(([code = '']) => codesIn(code).join())
  expect(codes).toEqual([...new Set(checks.flatMap((check) => check.codes))].toSorted())
  expect(rows.filter(([, meaning]) => !meaning)).toEqual([])
})

it('docs/gates.md names what is never off, and what a rollback asks', () => {
  const sentence = (start: string): string[] => {
    const [, after = ''] = page.split(start)
    return codesIn(after.split(/[:(]/)[0] ?? '').filter((name) => checks.some((check) => check.name === name))
  }
  expect(sentence('Never off are')).toEqual(checks.filter(({ neverOff }) => neverOff).map(({ name }) => name))
  expect(sentence('**A rollback** asks')).toEqual(
    checks.filter(({ rollback }) => rollback).map(({ name }) => name),
  )
})
