import { createHash } from 'node:crypto'
import type { ModelPolicy } from '../../plan/state-policy.ts'
import { faultAt } from '../faults.ts'
import { interpolate, withValues, type Scope } from '../interpolate.ts'
import { entriesOf, get, text, type Entry, type Located, type Place } from '../located.ts'
import { readPatched } from '../overlay.ts'
import { nameOf, pathFrom, type Context } from '../read.ts'
import { shapeFaults } from '../shape.ts'
import { policyOf } from './build.ts'
import { readCard } from './card.ts'
import { kindOf, type Draft, type Known } from './known.ts'
import { modelRules, modelWarnings } from './rules.ts'
import { modelSchema } from './schema.ts'

export interface ModelsInput extends Known {
  target: string
  targets: readonly string[]
  scope: Scope
  /** Absolute root of the repository. */
  root: string
  /** Nothing is asked of a registry: where it is need not be known. */
  offline: boolean
}

interface LoadedModel {
  policy: ModelPolicy
  /** Where its name was written. */
  at: Place
}

/** The section `models` with the files that it names, in the order written. */
export const loadModels = async (
  context: Context,
  section: Located | undefined,
  input: ModelsInput,
): Promise<ModelPolicy[]> => {
  const loaded: LoadedModel[] = []
  const scope = lenient(input.scope)
  for (const [key, entry] of entriesOf(section)) {
    const model = await loadModel(context, key, entry, { ...input, scope })
    if (model) loaded.push(model)
  }
  sameNames(context, loaded)
  return loaded.map(({ policy }) => policy)
}

/** `${git.sha}` stays as it is. */
const withoutCommit = (scope: Scope): Scope => withValues(scope, new Map([['git.sha', undefined]]))

/** A project that was never committed is valid; it is the run that needs a commit. */
const lenient = (scope: Scope): Scope => ({
  ...scope,
  lookup: (name) => {
    const looked = scope.lookup(name)
    return name === 'git.sha' && 'problem' in looked ? withoutCommit(scope).lookup(name) : looked
  },
})

/** Offline, a variable of the environment that only says where the registry is need not be set. */
const resolve = (context: Context, written: Located, { scope, offline }: ModelsInput): Located => {
  const found: Context['faults'] = []
  const node = interpolate(written, scope, found)
  const uri = get(written, 'registry', 'uri')?.at
  const harmless = ({ rule, line, column }: Context['faults'][number]): boolean =>
    offline && rule === 'env-not-set' && line === uri?.line && column === uri.column
  context.faults.push(...found.filter((fault) => !harmless(fault)))
  return node
}

const loadModel = async (
  context: Context,
  key: string,
  { node: entry }: Entry,
  input: ModelsInput,
): Promise<LoadedModel | undefined> => {
  const path = text(entry)
  if (path === undefined || path.includes('${')) return undefined
  const written = await readPatched(context, path, entry.at, input)
  if (!written) return undefined
  const node = resolve(context, written, input)
  const broken = shapeFaults(node, modelSchema)
  const draft: Draft = { key, node, kind: kindOf(node) }
  const faults = [...broken, ...modelRules.flatMap((rule) => rule(draft, input))]
  context.faults.push(...faults)
  context.warnings.push(...modelWarnings(draft, input))
  if (faults.length > 0) return undefined
  const file = nameOf(context, pathFrom(context, path))
  const policy = await withCard(context, policyOf(draft, input, file), node, input.root)
  // The same for every commit that does not change it.
  const lasting = { ...draft, node: interpolate(written, withoutCommit(input.scope), []) }
  const digest = digestOf(policyOf(lasting, input, file))
  return { policy: { ...policy, digest }, at: get(node, 'model')?.at ?? entry.at }
}

type Undigested = Omit<ModelPolicy, 'digest'>

/** Where the file is, and what the card says today, is no part of it. */
const digestOf = ({ file: _file, ...policy }: Undigested): string =>
  createHash('sha256').update(JSON.stringify(policy)).digest('hex')

const withCard = async (
  context: Context,
  policy: Undigested,
  node: Located,
  root: string,
): Promise<Undigested> => {
  const { checks } = policy
  const card = checks.docs?.modelCard
  if (!checks.docs || !card) return policy
  const found = await readCard(root, card.file)
  if (!found) {
    const at = (
      get(node, 'checks', 'docs', 'model_card', 'file') ?? get(node, 'checks', 'docs', 'model_card')
    )?.at
    const hint = 'write it; until then the check docs.model-card fails'
    if (at) context.warnings.push(faultAt(at, 'model-card-missing', `there is no file ${card.file}`, hint))
    return policy
  }
  return { ...policy, checks: { ...checks, docs: { ...checks.docs, modelCard: { ...card, found } } } }
}

/** Two policies of one registered model would take turns. */
const sameNames = (context: Context, loaded: readonly LoadedModel[]): void => {
  const first = new Map<string, string>()
  for (const { policy, at } of loaded) {
    const { kind, uri = '' } = policy.registry
    const id = JSON.stringify([kind, uri, policy.name])
    const other = first.get(id)
    if (other === undefined) first.set(id, policy.key)
    else {
      const message = `the models ${other} and ${policy.key} are both «${policy.name}» in the same registry`
      context.faults.push(faultAt(at, 'one-policy-per-model', message, 'keep one of the two policies'))
    }
  }
}
