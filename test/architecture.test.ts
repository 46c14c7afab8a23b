import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

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
} from './support/architecture.ts'
import { readSources, roomOf } from './support/sources.ts'

/** The table of docs: what each room may import. Types of `wire`, `plan/state` and `report/events` are free. */
const rooms: Rooms = {
  errors: { rooms: [], packages: [] },
  env: { rooms: [], packages: [] },
  wire: { rooms: [], packages: [] },
  http: { rooms: ['wire', 'errors', 'env'] },
  client: { rooms: ['http', 'wire', 'errors'] },
  // The `ci` section is checked with the rest of the file: `ci/` is pure, and imports nothing.
  config: { rooms: ['errors', 'env', 'ci'] },
  // plan/ imports nothing, so its markers and paths may be used from anywhere below it.
  observe: { rooms: ['client', 'http', 'ledger', 'plan'] },
  plan: { rooms: [], types: ['*'], packages: [] },
  gate: { rooms: [], types: ['*'], packages: [] },
  apply: { rooms: ['client', 'http', 'ledger', 'plan', 'errors'] },
  // The record of deployments and the lock, kept in the workspace: written like `apply`, read like `observe`.
  ledger: { rooms: ['client', 'http', 'plan', 'errors'] },
  report: { rooms: [], types: ['plan', 'gate', 'errors'] },
  host: { rooms: ['report', 'errors', 'env'] },
  ci: { rooms: [], packages: ['yaml'] },
  compute: { rooms: ['errors'] },
  emulator: { rooms: ['wire', 'compute'] },
  cli: { rooms: ['*'] },
}

const freeTypes = (target: string): boolean =>
  target.startsWith('src/wire/') || target.startsWith('src/plan/state') || target === 'src/report/events.ts'

/** Slow to load, and only one of them is ever needed. */
const hostSdks = ['@gitbeaker/rest', 'azure-devops-node-api', '@octokit/rest']

const root = dirname(import.meta.dirname ?? dirname(fileURLToPath(import.meta.url)))
const src = readSources(root, ['src'])
const all = [...src, ...readSources(root, ['scripts', 'test', 'bench'])]
const pure = src.filter(({ path }) => ['plan', 'gate'].includes(roomOf(path)))

describe('the house', () => {
  it('is read', () => {
    expect(src.map(({ path }) => path)).toContain('src/report/reporter.ts')
    expect(src.flatMap(({ imports }) => imports).length).toBeGreaterThan(src.length)
  })

  it('has rooms that import only what the table allows', () => {
    expect(roomFaults(src, rooms, freeTypes)).toEqual([])
  })

  it('has no cycle', () => {
    expect(cycles(all)).toEqual([])
  })

  it('keeps emulator and client apart, also through others', () => {
    expect([...waysBetween(src, 'emulator', 'client'), ...waysBetween(src, 'client', 'emulator')]).toEqual([])
  })

  it('has no file over 300 lines, and short ones as a rule', () => {
    expect(tooLong(all, 300)).toEqual([])
    expect(median(src.map(({ lines }) => lines))).toBeLessThanOrEqual(100)
  })

  it('reads the environment at the edge only', () => {
    const inside = all.filter(({ path }) => !/^(src\/cli|scripts|test|bench)\//.test(path))
    expect(found(inside, patterns.environment)).toEqual([])
  })

  it('has no default export', () => {
    expect(found(all, patterns.defaultExport)).toEqual([])
  })

  it('plans and judges without clock, chance or surroundings', () => {
    expect(found(pure, patterns.impure)).toEqual([])
  })

  it('loads host SDKs only when they are needed', () => {
    expect(eager(all, hostSdks)).toEqual([])
  })
})

it('every runtime dependency has its reason in docs/decisions.md', () => {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(`${root}/package.json`, 'utf8'),
  )
  const page = `${root}/docs/decisions.md`
  expect(existsSync(page)).toBe(true)
  expect(withoutReason(readFileSync(page, 'utf8'), Object.keys(manifest.dependencies))).toEqual([])
})
