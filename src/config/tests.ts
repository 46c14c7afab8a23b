import { join } from 'node:path'
import type { Fault } from '../errors.ts'
import { didYouMean, faultAt } from './faults.ts'
import { exists } from './find.ts'
import { entriesOf, get, placeOf, text, type Entry, type Located } from './located.ts'
import type { Context } from './read.ts'

interface SuiteBase {
  /** The key under `tests:`. */
  name: string
  /** How often what failed is run again. */
  retries: number
  /** Seconds. */
  timeout: number
}

/** Runs on this machine. */
export interface LocalSuite extends SuiteBase {
  kind: 'command'
  command: string
  /** Path or glob from the root of the repository; absent: the file that BRICKRAIL_JUNIT names. */
  junit?: string
}

/** Folder of Python tests, from the root of the repository. */
export interface PythonSuite extends SuiteBase {
  kind: 'python'
  folder: string
}

/** pytest on a cluster of the target. */
export interface ClusterSuite extends SuiteBase {
  kind: 'cluster'
  /** The key under `clusters:`. */
  cluster: string
  /** Below the synced folder; '' for all of it. */
  path: string
}

export type Suite = LocalSuite | PythonSuite | ClusterSuite

const kinds = ['command', 'python', 'cluster'] as const
/** Which kinds have it. */
const only: Readonly<Record<string, readonly string[]>> = { junit: ['command'], path: ['cluster'] }

const defaultTimeout = 1800
const most = { retries: 5, timeout: 86_400 }

/** What brickrail.yml says of a key, as text or number. */
const read = (node: Located, key: string): string | undefined => text(node, key)?.trim()

const wholeOf = (node: Located, key: keyof typeof most, fallback: number, faults: Fault[]): number => {
  const found = get(node, key)
  if (found?.kind !== 'scalar' || found.value === null) return fallback
  const value = Number(found.value)
  const least = key === 'timeout' ? 1 : 0
  if (Number.isInteger(value) && value >= least && value <= most[key]) return value
  const message = `${key} is ${String(found.value)}`
  faults.push(faultAt(found.at, 'bad-number', message, `a whole number from ${least} to ${most[key]}`))
  return fallback
}

/** `null` in a target takes a key out. */
const has = (node: Located, key: string): boolean => {
  const found = get(node, key)
  return found !== undefined && !(found.kind === 'scalar' && found.value === null)
}

const kindOf = (name: string, { key, node }: Entry, faults: Fault[]): (typeof kinds)[number] | undefined => {
  const given = kinds.filter((kind) => has(node, kind))
  const [kind] = given
  if (kind !== undefined && given.length === 1) {
    for (const [field, of] of Object.entries(only))
      if (has(node, field) && !of.includes(kind)) {
        const message = `«${field}» means nothing for a suite with «${kind}»`
        faults.push(
          faultAt(placeOf(node, [field], 'key'), 'useless-key', message, `it belongs to: ${of.join(', ')}`),
        )
      }
    return kind
  }
  const message = `the suite ${name} has ${kind === undefined ? 'none' : given.join(' and ')} of command, python, cluster`
  faults.push(faultAt(key, 'one-way-to-run', message, 'give it exactly one of them'))
  return undefined
}

interface Known {
  /** Keys under `clusters:`. */
  clusters: readonly string[]
  /** Absolute folder of the synced files. */
  sourceDir: string
  /** Absolute root of the repository. */
  root: string
}

const mustExist = async (folder: string, path: string, node: Located, key: string, faults: Fault[]) => {
  if (await exists(join(folder, path))) return
  const message = `there is no file or folder ${path}`
  const from =
    key === 'path' ? 'the path is below the synced folder' : 'the path is from the root of the repository'
  faults.push(faultAt(placeOf(node, [key]), 'file-not-found', message, from))
}

const localSuite = (base: SuiteBase, node: Located, faults: Fault[]): LocalSuite => {
  const command = read(node, 'command') ?? ''
  const junit = read(node, 'junit')
  const at = placeOf(node, ['command'])
  if (command === '') faults.push(faultAt(at, 'empty-command', 'the command is empty', 'say what to run'))
  else if (!junit && !command.includes('BRICKRAIL_JUNIT')) {
    const message = `nobody knows where the suite ${base.name} leaves its JUnit report`
    const hint = 'add junit, or have the command write the file that the variable BRICKRAIL_JUNIT names'
    faults.push(faultAt(at, 'suite-without-report', message, hint))
  }
  return { ...base, kind: 'command', command, ...(junit ? { junit } : {}) }
}

const clusterSuite = async (base: SuiteBase, node: Located, known: Known, faults: Fault[]) => {
  const cluster = read(node, 'cluster') ?? ''
  const path = (read(node, 'path') ?? '').replace(/^\.?\/+|\/+$/g, '')
  if (!known.clusters.includes(cluster)) {
    const hint = didYouMean(cluster, known.clusters)
    faults.push(
      faultAt(placeOf(node, ['cluster']), 'unknown-cluster', `there is no cluster «${cluster}»`, hint),
    )
  }
  if (path !== '') await mustExist(known.sourceDir, path, node, 'path', faults)
  const suite: ClusterSuite = { ...base, kind: 'cluster', cluster, path }
  return suite
}

const pythonSuite = async (base: SuiteBase, node: Located, known: Known, faults: Fault[]) => {
  const folder = read(node, 'python') ?? ''
  await mustExist(known.root, folder, node, 'python', faults)
  const suite: PythonSuite = { ...base, kind: 'python', folder }
  return suite
}

/** The section `tests` of one target, its references replaced. What is wrong goes to the context. */
export const loadTests = async (
  { faults }: Pick<Context, 'faults'>,
  section: Located | undefined,
  known: Known,
): Promise<Suite[]> => {
  const suites: Suite[] = []
  for (const [name, entry] of entriesOf(section)) {
    if (entry.node.kind !== 'map') continue
    const kind = kindOf(name, entry, faults)
    if (kind === undefined) continue
    const { node } = entry
    const base = {
      name,
      retries: wholeOf(node, 'retries', 0, faults),
      timeout: wholeOf(node, 'timeout', defaultTimeout, faults),
    }
    if (kind === 'command') suites.push(localSuite(base, node, faults))
    else if (kind === 'python') suites.push(await pythonSuite(base, node, known, faults))
    else suites.push(await clusterSuite(base, node, known, faults))
  }
  return suites
}

/** Where suites run, of all targets together: CI pipelines are the same for all of them. */
export const testsSomewhere = (root: Located): { local: boolean; remote: boolean } => {
  const targets = entriesOf(get(root, 'targets')).map(([, { node }]) => node)
  const suites = [root, ...targets].flatMap((node) => entriesOf(get(node, 'tests')))
  const remote = suites.filter(([, { node }]) => has(node, 'cluster')).map(([name]) => name)
  const local = suites.filter(([, { node }]) => has(node, 'command') || has(node, 'python'))
  return { local: local.length > 0, remote: remote.length > 0 }
}
