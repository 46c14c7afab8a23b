import table from '../data/runtimes.json' with { type: 'json' }
import { faultAt } from '../faults.ts'
import { get, plain, type Located } from '../located.ts'
import { readIfThere, pathFrom, type Context } from '../read.ts'

export interface Runtime {
  /** `15.4` */
  version: string
  lts: boolean
  /** YYYY-MM-DD */
  endOfSupport: string
}

/** The bundled table, with the rows of pipelines/runtimes.json in place of or beside its own. */
export const loadRuntimes = async (context: Context): Promise<Runtime[]> => {
  const rows = new Map<string, Runtime>(table.runtimes.map((row) => [row.version, row]))
  const own = await readIfThere(context, pathFrom(context, 'runtimes.json'))
  const list = own && get(own, 'runtimes')
  if (own && list?.kind !== 'list')
    context.faults.push(faultAt(own.at, 'wrong-type', 'runtimes.json must be {"runtimes": [...]}', example))
  for (const item of list?.kind === 'list' ? list.items : []) {
    const row = runtime(item)
    if (row) rows.set(row.version, row)
    else context.faults.push(faultAt(item.at, 'wrong-type', 'this is not a runtime', example))
  }
  return [...rows.values()]
}

const example = 'write {"version": "15.4", "lts": true, "endOfSupport": "2027-08-19"}'

/** A row of the user's table, or undefined when it is not one. */
const runtime = (node: Located): Runtime | undefined => {
  const row = plain(node)
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined
  const { version, endOfSupport, lts } = row
  if (typeof version !== 'string' || typeof endOfSupport !== 'string') return undefined
  const valid = /^\d+(\.\d+)?$/.test(version) && /^\d{4}-\d{2}-\d{2}$/.test(endOfSupport)
  return valid ? { version, endOfSupport, lts: lts === true } : undefined
}

/** `8.2` of `8.2.x-cpu-ml-scala2.12`. */
const versionOf = (sparkVersion: string): string | undefined => /^(\d+(?:\.\d+)?)\.x-/.exec(sparkVersion)?.[1]

/** Why a runtime is out of support on a day, or undefined. Versions older than the whole table are out of support too. */
export const outOfSupport = (
  sparkVersion: string,
  runtimes: readonly Runtime[],
  today: string,
): { message: string; hint: string } | undefined => {
  const version = versionOf(sparkVersion)
  if (version === undefined) return undefined
  const row = runtimes.find((candidate) => candidate.version === version)
  const oldest = runtimes.map((candidate) => candidate.version).sort(byVersion)[0] ?? '0'
  const since = row ? `since ${row.endOfSupport}` : 'for years'
  const over = row ? row.endOfSupport < today : byVersion(version, oldest) < 0
  if (!over) return undefined
  const newest = runtimes
    .filter((r) => r.lts && keyed(r) && r.endOfSupport >= today)
    .sort((a, b) => byVersion(b.version, a.version))[0]
  const hint = newest
    ? `move to ${newest.version} LTS (${flavour(sparkVersion, newest.version)})`
    : 'move to a supported one'
  return {
    message: `runtime ${version} is out of support ${since}; Databricks may remove it without notice`,
    hint,
  }
}

/** Only `major.minor` versions have keys of a form that is sure: 18 gave up the minor version. */
const keyed = (row: Runtime): boolean => row.version.includes('.')

/** The same flavour (ml, gpu) of another version; Scala 2.12 up to 16, 2.13 from 17 on. */
const flavour = (sparkVersion: string, version: string): string => {
  const kind = /^[\d.]+\.x-(.*?)-?(photon-)?scala/.exec(sparkVersion)?.[1] ?? ''
  const scala = Number(version.split('.')[0]) >= 17 ? '2.13' : '2.12'
  return `${version}.x-${kind ? `${kind}-` : ''}scala${scala}`
}

const byVersion = (a: string, b: string): number => {
  const [a1 = 0, a2 = 0] = a.split('.').map(Number)
  const [b1 = 0, b2 = 0] = b.split('.').map(Number)
  return a1 - b1 || a2 - b2
}
