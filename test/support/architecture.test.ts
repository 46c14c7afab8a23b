import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterAll, describe, expect, it } from 'vitest'

import {
  cycles,
  eager,
  found,
  median,
  patterns,
  roomFaults,
  tooLong,
  waysBetween,
  withoutReason,
  type Rooms,
} from './architecture.ts'
import { codeOf, importsOf, readSources, type SourceFile } from './sources.ts'

const made: string[] = []
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })))

/** A project on disk with these files, read back. */
const tree = (files: Readonly<Record<string, string>>): SourceFile[] => {
  const root = mkdtempSync(join(tmpdir(), 'house-'))
  made.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return readSources(root, ['src', 'scripts', 'absent'])
}

const rooms: Rooms = {
  errors: { rooms: [], packages: [] },
  wire: { rooms: [], packages: [] },
  http: { rooms: ['wire', 'errors'] },
  client: { rooms: ['http', 'wire'] },
  plan: { rooms: [], types: ['*'], packages: [] },
  report: { rooms: [], types: ['plan'] },
  emulator: { rooms: ['wire'] },
  ci: { rooms: [], packages: ['yaml'] },
  cli: { rooms: ['*'] },
}
const free = (target: string): boolean => target.startsWith('src/wire/')

describe('a planted import', () => {
  const bad: [string, Record<string, string>, string][] = [
    [
      'of another room',
      { 'src/plan/a.ts': "import { b } from '../client/b.ts'\n" },
      'src/plan/a.ts: plan may not import client (src/client/b.ts)',
    ],
    [
      'over several lines',
      { 'src/emulator/x/a.ts': "import {\n  b,\n  type C,\n} from '../../client/b.ts'\n" },
      'src/emulator/x/a.ts: emulator may not import client (src/client/b.ts)',
    ],
    [
      'that is dynamic',
      { 'src/plan/a.ts': "const b = await import('../http/b.ts')\n" },
      'src/plan/a.ts: plan may not import http (src/http/b.ts)',
    ],
    [
      'for its effect',
      { 'src/wire/a.ts': "import '../http/b.ts'\n" },
      'src/wire/a.ts: wire may not import http (src/http/b.ts)',
    ],
    [
      'that is an export',
      { 'src/wire/a.ts': "export * from '../http/b.ts'\n" },
      'src/wire/a.ts: wire may not import http (src/http/b.ts)',
    ],
    [
      'of node in a pure room',
      { 'src/plan/a.ts': "import { readFileSync } from 'node:fs'\n" },
      'src/plan/a.ts: plan may not use node:fs',
    ],
    [
      'of a package in a room without',
      { 'src/ci/a.ts': "import { v } from '@x/y/z'\n" },
      'src/ci/a.ts: ci may not use @x/y',
    ],
    [
      'of types that are not free',
      { 'src/client/a.ts': "import type { P } from '../plan/p.ts'\n" },
      'src/client/a.ts: client may not import types of plan (src/plan/p.ts)',
    ],
    [
      'of values where types are free',
      { 'src/report/a.ts': "import { p } from '../plan/p.ts'\n" },
      'src/report/a.ts: report may not import plan (src/plan/p.ts)',
    ],
    [
      'whose type is marked inside, which still runs',
      { 'src/plan/a.ts': "import { type W } from '../wire/w.ts'\n" },
      'src/plan/a.ts: plan may not import wire (src/wire/w.ts)',
    ],
    [
      'of a room that nobody knows',
      { 'src/misc/a.ts': 'export const a = 1\n' },
      'src/misc/a.ts: there is no room «misc» in the table',
    ],
    [
      'from outside src',
      { 'src/cli/a.ts': "import { t } from '../../test/t.ts'\n" },
      'src/cli/a.ts: imports test/t.ts, which is not below src/',
    ],
  ]
  it.each(bad)('%s is found', (_name, files, expected) => {
    expect(roomFaults(tree(files), rooms, free)).toEqual([expected])
  })

  it('is not found where the table allows it', () => {
    const files = tree({
      'src/client/a.ts':
        "import { b } from '../http/b.ts'\nimport { c } from './c.ts'\nimport x from 'undici'\n",
      'src/plan/a.ts': "import type { B } from '../client/b.ts'\nimport type { Dirent } from 'node:fs'\n",
      'src/report/a.ts': "import type { W } from '../wire/w.ts'\nimport type { P } from '../plan/p.ts'\n",
      'src/http/a.ts': "import { Fail } from '../errors.ts'\n",
      'src/cli/a.ts': "import { b } from '../emulator/b.ts'\n",
      'src/ci/a.ts': "import { stringify } from 'yaml'\n",
      'scripts/x.ts': "import { b } from '../src/client/b.ts'\n",
    })
    expect(roomFaults(files, rooms, free)).toEqual([])
  })
})

describe('cycles', () => {
  it('are found through types and through several files', () => {
    const files = tree({
      'src/a/a.ts': "import { b } from './b.ts'\n",
      'src/a/b.ts': "import type { C } from '../c/c.ts'\n",
      'src/c/c.ts': "import { a } from '../a/a.ts'\n",
      'src/c/d.ts': "import { a } from '../a/a.ts'\n",
    })
    expect(cycles(files)).toHaveLength(1)
    expect(cycles(files)[0]?.split(' -> ').toSorted()).toEqual(
      expect.arrayContaining(['src/a/a.ts', 'src/a/b.ts', 'src/c/c.ts']),
    )
  })

  it('are not seen in a diamond', () => {
    const files = tree({
      'src/a/a.ts': "import { b } from './b.ts'\nimport { c } from './c.ts'\n",
      'src/a/b.ts': "import { d } from './d.ts'\n",
      'src/a/c.ts': "import { d } from './d.ts'\n",
      'src/a/d.ts': 'export const d = 1\n',
    })
    expect(cycles(files)).toEqual([])
  })
})

it('a way between two rooms is found through a third', () => {
  const files = tree({
    'src/emulator/a.ts': "import { b } from '../wire/b.ts'\n",
    'src/wire/b.ts': "import { c } from '../client/c.ts'\n",
    'src/client/c.ts': 'export const c = 1\n',
  })
  expect(waysBetween(files, 'emulator', 'client')).toEqual([
    'src/emulator/a.ts -> src/wire/b.ts -> src/client/c.ts',
  ])
  expect(waysBetween(files, 'client', 'emulator')).toEqual([])
})

describe('lengths', () => {
  it('are lines of a file', () => {
    const files = tree({ 'src/a/long.ts': 'a\n'.repeat(301), 'src/a/fine.ts': 'a\n'.repeat(300) })
    expect(tooLong(files, 300)).toEqual(['src/a/long.ts: 301 lines'])
  })

  it.each([
    [[], 0],
    [[7], 7],
    [[90, 10, 20], 20],
  ])('median of %j is %i', (numbers, expected) => {
    expect(median(numbers)).toBe(expected)
  })
})

describe('a pattern', () => {
  const table: [keyof typeof patterns, string, boolean][] = [
    ['environment', 'const home = process.env.HOME', true],
    ['environment', "const home = process['env']", true],
    ['environment', 'const { env } = process', true],
    ['environment', "import { env } from 'node:process'", true],
    ['environment', 'const env = options.env', false],
    ['environment', '/** passed in, not process.env */', false],
    ['environment', 'f(env) // process.env at the edge', false],
    ['defaultExport', 'export default {}', true],
    ['defaultExport', 'export { a as default }', true],
    ['defaultExport', 'export const byDefault = 1', false],
    ['impure', 'const now = Date.now()', true],
    ['impure', 'const id = Math.random()', true],
    ['impure', 'process.exit(1)', true],
    ['impure', 'const update = candidate.processed', false],
    ['impure', '// no Date here', false],
  ]
  it.each(table)('%s in «%s»: %s', (name, line, expected) => {
    expect(found(tree({ 'src/a/a.ts': `\n${line}\n` }), patterns[name])).toEqual(
      expected ? [`src/a/a.ts:2: ${line}`] : [],
    )
  })
})

it('comments go, line numbers and strings stay', () => {
  const text = "/**\n * process.env\n */\nconst all = '**/*.py' // every\nconst url = 'http://x'\n"
  expect(codeOf(text)).toBe("\n\n\nconst all = '**/*.py'\nconst url = 'http://x'\n")
})

it('imports are read in every form', () => {
  const text =
    "import a from 'a'\nimport type { B } from './b.ts'\nimport * as c from \"c\"\nexport const d = 'from'\nexport { e } from './e.ts'\n"
  expect(importsOf(text)).toEqual([
    { specifier: 'a', type: false, dynamic: false },
    { specifier: './b.ts', type: true, dynamic: false },
    { specifier: 'c', type: false, dynamic: false },
    { specifier: './e.ts', type: false, dynamic: false },
  ])
})

it('a package that must be lazy is found when it is not', () => {
  const files = tree({
    'src/host/a.ts': "import { Gitlab } from '@gitbeaker/rest/sub'\n",
    'src/host/b.ts': "const sdk = await import('@gitbeaker/rest')\n",
    'src/host/c.ts': "import type { Gitlab } from '@gitbeaker/rest'\n",
  })
  expect(eager(files, ['@gitbeaker/rest'])).toEqual(['src/host/a.ts: @gitbeaker/rest/sub'])
})

describe('reasons of dependencies', () => {
  const page = [
    '# Decisions',
    'zx is fine, but this line is not under the heading of dependencies.',
    '## 2026-11-21 Dependencies',
    '- `yaml`: positions of every node, kept comments, no eval',
    '- **@hono/node-server**: `listen()` for the emulator',
    '- hono',
    '## Later',
    '- p-limit is mentioned too late to count here',
  ].join('\n')
  it('are missing where there is no line, or only a name', () => {
    const names = ['yaml', '@hono/node-server', 'hono', 'zx', 'p-limit']
    expect(withoutReason(page, names)).toEqual(['hono', 'zx', 'p-limit'])
  })
})
