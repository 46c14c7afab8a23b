import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { nameOf, openShelf, writeModels, type BenchModel, type Shelf } from './models-scene.ts'
import { built, plainEnv, runGreen } from './process.ts'
import { chainOf, checkCalls, latencyMs, median } from './row.ts'
import type { Bench } from './sync.ts'
import { startWorkspace, type Logged, type Workspace } from './workspace.ts'

/** One command on one model. */
export interface ModelsRow {
  registry: string
  what: string
  calls: number
  writes: number
  /** The longest row of calls that each began after the one before had ended. */
  chain: number
  wallMs: number
}

/** The workspace registry three times, for a median; every model has the same history. */
const promoted: readonly BenchModel[] = [
  { key: 'first', kind: 'workspace' },
  { key: 'second', kind: 'workspace' },
  { key: 'third', kind: 'workspace' },
  { key: 'catalog', kind: 'unity-catalog' },
  { key: 'plain', kind: 'mlflow' },
]
const many: BenchModel = { key: 'many', kind: 'workspace' }
const versions = 1000

interface Measured extends ModelsRow {
  log: readonly Logged[]
}

interface Scene extends Bench {
  workspace: Workspace
  checkout: string
}

const isWrite = ({ method }: Logged): boolean => method !== 'GET'

const measure = async (
  scene: Scene,
  { kind, key }: BenchModel,
  args: readonly string[],
): Promise<Measured> => {
  const { workspace, checkout, scratch, stop } = scene
  const env = {
    ...plainEnv(scratch),
    DATABRICKS_HOST: workspace.url,
    DATABRICKS_TOKEN: workspace.token,
    BRICKRAIL_TARGET: 'dev',
  }
  const [command = '', ...rest] = args
  await workspace.takeLog()
  const words = [built(command), '--model', key, ...rest]
  const { wallMs } = await runGreen({ file: process.execPath, args: words, cwd: checkout, env, stop })
  const calls = await workspace.takeLog()
  const writes = calls.filter(isWrite).length
  const row = { registry: kind, what: args.join(' '), calls: calls.length, writes, chain: chainOf(calls) }
  return { ...row, wallMs, log: calls }
}

const check = async ({ registry }: Shelf, model: BenchModel, wanted: string): Promise<void> => {
  const { staging, production } = (await registry.places(nameOf(model))).holders
  const found = `${staging.join()}|${production.join()}`
  if (found !== wanted) throw new Error(`the result is wrong: ${nameOf(model)} has ${found}, not ${wanted}`)
}

/** Version 1 serves, version 2 was evaluated against it. */
const prepare = async (scene: Scene, model: BenchModel): Promise<Shelf> => {
  const shelf = await openShelf(scene.workspace, model)
  await shelf.version()
  for (const to of ['staging', 'production']) await measure(scene, model, ['promote', '--to', to])
  await shelf.version('1')
  return shelf
}

/** Version 2 goes to staging, replaces version 1, and goes again. */
const promote = async (scene: Scene, model: BenchModel, shelf: Shelf): Promise<Measured[]> => {
  const after = async (wanted: string, ...args: string[]): Promise<Measured> => {
    const row = await measure(scene, model, args)
    checkCalls(row.log)
    await check(shelf, model, wanted)
    return row
  }
  return [
    await after('2|1', 'promote', '--to', 'staging'),
    await after('|2', 'promote', '--to', 'production'),
    await after('|1', 'rollback-model'),
  ]
}

const fill = async ({ workspace }: Scene): Promise<void> => {
  const shelf = await openShelf(workspace, many)
  for (let made = 0; made < versions; made += 20)
    await Promise.all(Array.from({ length: 20 }, () => shelf.version()))
}

const list = async (scene: Scene, ...args: string[]): Promise<ModelsRow> => {
  const rows: Measured[] = []
  for (let index = 0; index < 3; index += 1) rows.push(await measure(scene, many, ['models', ...args]))
  if (rows.some(({ writes }) => writes > 0)) throw new Error('a list of models made a write')
  return middle(rows)
}

/** Of the same command on models with the same history. */
const middle = (measured: readonly Measured[]): ModelsRow => {
  const [first] = measured
  if (first === undefined) throw new Error('nothing was measured')
  const { log: _, ...row } = first
  return { ...row, wallMs: median(measured.map(({ wallMs }) => wallMs)) }
}

const byCommand = (rows: readonly Measured[]): ModelsRow[] => {
  const label = ({ registry, what }: ModelsRow) => `${registry} ${what}`
  return [...new Set(rows.map(label))].map((one) => middle(rows.filter((row) => label(row) === one)))
}

/**
 * Promotions on the three registries, and the list of a model of 1,000 versions.
 * @throws when a command fails, or the versions are not where they should be
 */
export const benchModels = async (bench: Bench): Promise<ModelsRow[]> => {
  const state = await mkdtemp(join(bench.scratch, 'state-'))
  const checkout = await mkdtemp(join(bench.scratch, 'models-'))
  const workspace = await startWorkspace(state, bench.stop)
  const scene = { ...bench, workspace, checkout }
  try {
    bench.say(`models, ${versions} versions and ${promoted.length} promotions`)
    await writeModels(checkout, [...promoted, many], workspace.url)
    const shelves: [BenchModel, Shelf][] = []
    for (const model of promoted) shelves.push([model, await prepare(scene, model)])
    await fill(scene)
    await workspace.slow(latencyMs)
    const rows: Measured[] = []
    for (const [model, shelf] of shelves) rows.push(...(await promote(scene, model, shelf)))
    return [...byCommand(rows), await list(scene), await list(scene, '--limit', String(versions))]
  } finally {
    await workspace.close()
  }
}
