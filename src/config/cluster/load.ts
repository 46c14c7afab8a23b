import type { DesiredCluster } from '../../plan/state.ts'
import type { ClusterSpec } from '../../wire/clusters.ts'
import { loadLibraries } from '../library/load.ts'
import { faultAt } from '../faults.ts'
import { interpolate, type Scope } from '../interpolate.ts'
import {
  entriesOf,
  get,
  mapScalars,
  placeOf,
  plain,
  text,
  flag,
  without,
  type Entry,
  type Located,
} from '../located.ts'
import { readPatched, type Targets } from '../overlay.ts'
import type { Context } from '../read.ts'
import { strategies } from '../schema.ts'
import { clusterFields } from './fields.ts'
import { clusterRules, type Finding } from './rules.ts'
import type { Runtime } from './runtimes.ts'
import { clusterTypeFaults } from './types.ts'
import { clusterWarnings } from './warnings.ts'

export interface ClusterInput extends Targets {
  /** It has no host: the embedded workspace, on whatever machine this is. */
  embedded: boolean
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
  const written = await readPatched(context, specPath, placeOf(entry.node, ['spec']), input)
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
      ...(libraries.length > 0 && allowsSkipped(declared, input) ? { librariesSkipped: 'allow' } : {}),
    },
    name: { at: placeOf(node, ['cluster_name']), value: spec.cluster_name ?? key },
  }
}

const allowsSkipped = (declared: Located | undefined, { embedded }: ClusterInput): boolean => {
  const written = declared?.kind === 'map' ? text(declared, 'skipped') : undefined
  return written === undefined ? embedded : written === 'allow'
}

/** Its fields have been checked against the table. */
const isSpec = (value: unknown): value is ClusterSpec =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

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
