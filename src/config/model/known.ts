import type { Fault } from '../../errors.ts'
import type { RegistryKind } from '../../plan/state-policy.ts'
import { text, type Located } from '../located.ts'
import { registryKinds } from './schema.ts'

/** What a policy may refer to. */
export interface Known {
  /** Keys under `clusters:`, `jobs:` and `tests:`. */
  clusters: readonly string[]
  jobs: readonly string[]
  suites: readonly string[]
  /** The target has a host: there is no embedded MLflow server beside it. */
  remote: boolean
}

/** A policy before it is built, its references replaced. */
export interface Draft {
  key: string
  node: Located
  kind: RegistryKind
}

/** A rule never throws: what has the wrong shape has a fault already, and is not there for it. */
export type Rule = (draft: Draft, known: Known) => Fault[]

/** `workspace` for what the schema has refused. */
export const kindOf = (node: Located): RegistryKind => {
  const said = text(node, 'registry') ?? text(node, 'registry', 'kind')
  return registryKinds.find((kind) => kind === said) ?? 'workspace'
}
