import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { DesiredCluster } from '../../plan/state.ts'
import type { ClusterSpec } from '../../wire/clusters.ts'
import { loadLibraries } from '../library/load.ts'
import { faultAt, nearest } from '../faults.ts'
import { interpolate, type Scope } from '../interpolate.ts'
import {
  entriesOf,
  get,
  mapScalars,
  merge,
  placeOf,
  plain,
  text,
  flag,
  without,
  type Entry,
  type Located,
} from '../located.ts'
import { pathFrom, readIfThere, readLocated, nameOf, type Context } from '../read.ts'
import { strategies } from '../schema.ts'
import { clusterFields } from './fields.ts'
import { clusterRules, type Finding } from './rules.ts'
import type { Runtime } from './runtimes.ts'
import { clusterTypeFaults } from './types.ts'
import { clusterWarnings } from './warnings.ts'

export interface ClusterInput {
  target: string
  targets: readonly string[]
  scope: Scope
  runtimes: readonly Runtime[]
}

export interface LoadedCluster {
  cluster: DesiredCluster
  /** Where its name was written, for faults that concern two clusters. */
  name: { at: Entry['key']; value: string }
}

/** One entry under `clusters:` with the files that it names. Undefined when there is no spec to speak of. */
export const loadCluster = async (
  context: Context,
  key: string,
  entry: Entry,
  input: ClusterInput,
): Promise<LoadedCluster | undefined> => {
  const specPath = text(entry.node, 'spec')
  const declared = get(entry.node, 'libraries')
  const libraries = await loadLibraries(
    context,
    declared?.kind === 'map' ? get(declared, 'file') : declared,
    input.scope,
  )
  if (specPath === undefined) return undefined
  const written = await readSpec(context, specPath, placeOf(entry.node, ['spec']), input)
  if (!written) return undefined
  const node = withName(stripped(context, interpolate(written, input.scope, context.faults)), key)
  const typeFaults = clusterTypeFaults(node)
  context.faults.push(...typeFaults)
  const spec = plain(node)
  if (typeFaults.length > 0 || !isSpec(spec)) return undefined
  judge(context, node, { spec, libraries, runtimes: input.runtimes, today: context.today })
  const adopt = get(entry.node, 'adopt')
  return {
    cluster: {
      key,
      spec,
      strategy: strategies.find((name) => name === text(entry.node, 'strategy')) ?? 'auto',
      adopt: adopt?.kind === 'scalar' && typeof adopt.value === 'string' ? adopt.value : flag(adopt),
      libraries,
      librariesExclusive: flag(declared, 'exclusive'),
    },
    name: { at: placeOf(node, ['cluster_name']), value: spec.cluster_name ?? key },
  }
}

/** Its fields have been checked against the table. */
const isSpec = (value: unknown): value is ClusterSpec =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The spec with its overlay for the target merged in; `null` removes, also in the spec itself. */
const readSpec = async (
  context: Context,
  path: string,
  from: Entry['key'],
  input: ClusterInput,
): Promise<Located | undefined> => {
  const file = pathFrom(context, path)
  const base = await readLocated(context, file, from)
  const overlay = await readIfThere(context, file.replace(/(\.json)?$/, `.${input.target}$1`))
  await warnOfStrayOverlays(context, file, input.targets)
  if (!base) return undefined
  const clean = base.kind === 'map' ? merge(undefined, base) : base
  return overlay ? merge(clean, overlay) : clean
}

/** `hello-cluster.prd.json` beside targets dev and prod is most likely a slip. */
const warnOfStrayOverlays = async (
  context: Context,
  file: string,
  targets: readonly string[],
): Promise<void> => {
  const stem = basename(file).replace(/\.json$/, '')
  const names = await readdir(dirname(file)).catch(() => [])
  for (const name of names) {
    const middle = name.startsWith(`${stem}.`)
      ? /^([^.]+)\.json$/.exec(name.slice(stem.length + 1))?.[1]
      : undefined
    if (middle === undefined || targets.includes(middle)) continue
    const close = nearest(middle, targets)
    const place = { file: nameOf(context, `${dirname(file)}/${name}`), line: 0, column: 0 }
    context.warnings.push(
      faultAt(
        place,
        'overlay-without-target',
        `there is no target «${middle}», so this overlay is never used`,
        close && `rename it to ${stem}.${close}.json`,
      ),
    )
  }
}

/** What the UI and the API show but do not take: out, with a notice. */
const stripped = (context: Context, node: Located): Located => {
  const found = entriesOf(node).filter(([name]) => clusterFields.readOnly.includes(name))
  for (const [name, { key }] of found)
    context.warnings.push(
      faultAt(key, 'read-only-field', `${name} is set by Databricks; it is left out`, `remove ${name}`),
    )
  return without(node, [...clusterFields.readOnly, '$schema'])
}

/**
 * The placeholder CLUSTER_NAME: a whole value, anywhere, equal to it becomes the cluster's key. A value that only contains
 * it is left alone. A spec without a cluster_name is named by its key.
 */
const withName = (node: Located, key: string): Located => {
  const named = mapScalars(node, (value) => (value === 'CLUSTER_NAME' ? key : value))
  if (named.kind !== 'map' || named.entries.has('cluster_name')) return named
  const name: Entry = { key: node.at, node: { kind: 'scalar', at: node.at, value: key } }
  return { ...named, entries: new Map([...named.entries, ['cluster_name', name]]) }
}

/** All rules and warnings over a spec whose types are right. */
const judge = (
  context: Context,
  node: Located,
  input: Parameters<(typeof clusterWarnings)[number]['check']>[0],
): void => {
  const toFault = (rule: string, { path, on, message, hint }: Finding) =>
    faultAt(placeOf(node, path, on ?? 'value'), rule, message, hint)
  for (const { rule, check } of clusterRules)
    context.faults.push(...check(input.spec).map((finding) => toFault(rule, finding)))
  for (const { rule, check } of clusterWarnings)
    context.warnings.push(...check(input).map((finding) => toFault(rule, finding)))
}
