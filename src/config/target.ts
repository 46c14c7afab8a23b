import type { Fault } from '../errors.ts'
import { Fail } from '../errors.ts'
import { didYouMean, faultAt, nearest } from './faults.ts'
import { interpolate, referenceFaults, scopeOf, variablesOf, withValues, type Scope } from './interpolate.ts'
import { entriesOf, flag, get, merge, only, placeOf, text, without, type Located } from './located.ts'

export interface Target {
  name: string
  /** URL of the workspace; without it: the embedded workspace. */
  host?: string
  profile?: string
  protected: boolean
}

export interface Chosen {
  target: Target
  names: string[]
  /** The target of commands that name none. */
  standard: string
  /** The sections with the target's overrides merged in, as written: see `resolved`. */
  raw: Located
  /** Packages and apps, with their references replaced: what they come to is what other sections refer to. */
  code: Located
  scope: Scope
}

interface Wanted {
  target?: string | undefined
  env: Readonly<Record<string, string | undefined>>
  vars: Readonly<Record<string, string>>
  file: string
  commit?: (() => string | undefined) | undefined
  /** Nothing is asked of the workspace, so it need not be known where it is. */
  offline?: boolean | undefined
}

const own = ['host', 'profile', 'protected', 'default', 'variables']

/**
 * Picks the target and resolves everything for it. References that do not resolve go to `faults`.
 * @throws Fail TARGET_UNKNOWN
 */
export const chooseTarget = (root: Located, wanted: Wanted, faults: Fault[]): Chosen => {
  const targets = entriesOf(get(root, 'targets'))
  const names = targets.length === 0 ? ['local'] : targets.map(([name]) => name)
  const standard = targets.find(([, { node }]) => flag(node, 'default'))?.[0] ?? names[0] ?? 'local'
  const name = wanted.target ?? standard
  if (!names.includes(name))
    throw new Fail('TARGET_UNKNOWN', { target: name, file: wanted.file, known: listed(name, names) })
  const node = targets.find(([key]) => key === name)?.[1].node
  const raw = sectionsOf(root, node)
  const variables = variablesOf(root, node, wanted.vars)
  const scope = scopeOf({
    project: text(root, 'name') ?? '',
    target: name,
    workspacePath: get(raw, 'workspace', 'path'),
    variables,
    env: wanted.env,
    commit: wanted.commit,
  })
  faults.push(
    ...unknownVars(root, wanted.vars, [...variables.keys()]),
    ...twoDefaults(targets.map(([, e]) => e.node)),
  )
  const known = ['workspace.path', ...scope.known]
  for (const [key, other] of targets) {
    if (key !== name)
      faults.push(...referenceFaults(other.node, [...known, ...codeNames(sectionsOf(root, other.node))]))
    faults.push(...unknownTargetVars(other.node, [...variables.keys()]))
  }
  const code = interpolate(only(raw, codeSections), scope, faults)
  const hostless: Fault[] = []
  const target = targetOf(name, node, scope, hostless)
  faults.push(...hostless.filter(({ rule }) => !wanted.offline || rule !== 'env-not-set'))
  return { target, names, standard, raw, code, scope }
}

const codeSections = ['packages', 'apps']

/** What the keys of `packages` and `apps` may be referred to by. */
export const codeNames = (sections: Located): string[] => [
  ...entriesOf(get(sections, 'packages')).flatMap(([key]) => [
    `packages.${key}.path`,
    `packages.${key}.version`,
  ]),
  ...entriesOf(get(sections, 'apps')).map(([key]) => `apps.${key}.path`),
]

/** The scope of everything but packages and apps: with what those came to, by name. */
export const fullScope = ({ raw, scope }: Chosen, values: ReadonlyMap<string, string>): Scope =>
  withValues(scope, new Map(codeNames(raw).map((name) => [name, values.get(name)])))

/** The sections with every reference replaced. */
export const resolved = ({ raw, code }: Chosen, scope: Scope, faults: Fault[]): Located =>
  merge(interpolate(without(raw, codeSections), scope, faults), code)

const listed = (name: string, names: readonly string[]): string => {
  const close = nearest(name, names)
  return `${names.join(', ')}${close === undefined ? '' : `; did you mean «${close}»?`}`
}

/** The top level's sections with the target's merged over them. */
const sectionsOf = (root: Located, target: Located | undefined): Located => {
  const base = without(root, ['name', 'targets', 'variables', 'ci'])
  return target?.kind === 'map' ? merge(base, without(target, [...own, 'ci'])) : base
}

/** The keys of a section in all targets together, each with the targets that have it. */
export const targetsOf = (
  root: Located,
  names: readonly string[],
  section: string,
): Record<string, string[]> => {
  const found = names.flatMap((name) =>
    entriesOf(get(sectionsOf(root, get(root, 'targets', name)), section)).map(([key]) => ({ key, name })),
  )
  return Object.fromEntries(
    found.map(({ key }) => [key, found.filter((one) => one.key === key).map(({ name }) => name)]),
  )
}

const targetOf = (name: string, node: Located | undefined, scope: Scope, faults: Fault[]): Target => {
  const read = (key: string): string | undefined => {
    const value = get(node, key)
    return value && text(interpolate(value, scope, faults))
  }
  const host = read('host')
  const profile = read('profile')
  const at = node && placeOf(node, ['host'])
  const clean = host === undefined || !at ? undefined : hostOf(host)
  if (at && clean && 'why' in clean)
    faults.push(
      faultAt(at, 'host-is-a-url', `the host is not the URL of a workspace: ${clean.why}`, hostHint),
    )
  return {
    name,
    ...(clean && 'url' in clean ? { host: clean.url } : {}),
    ...(profile === undefined ? {} : { profile }),
    protected: flag(node, 'protected'),
  }
}

const hostHint = 'give scheme and host only, e.g. https://adb-1234567890123456.7.azuredatabricks.net'

/** Scheme and host; https when no scheme is given, as the Databricks SDKs do. */
const hostOf = (host: string): { url: string } | { why: string } => {
  if (host.includes('${')) return { url: host }
  let url: URL
  try {
    url = new URL(/^[a-z]+:\/\//i.test(host) ? host : `https://${host}`)
  } catch {
    return { why: 'it cannot be read as a URL' }
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { why: `the scheme is ${url.protocol}` }
  if (url.username || url.password) return { why: 'it holds credentials' }
  if (url.pathname !== '/' || url.search || url.hash) return { why: 'it has a path or a query' }
  return { url: url.origin }
}

const unknownVars = (root: Located, given: Wanted['vars'], known: string[]): Fault[] =>
  Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) =>
      faultAt(
        placeOf(root, ['variables']),
        'unknown-variable',
        `--var ${name}: there is no variable «${name}»`,
        didYouMean(name, known),
      ),
    )

const unknownTargetVars = (target: Located, known: string[]): Fault[] =>
  entriesOf(get(target, 'variables'))
    .filter(([name]) => !known.includes(name))
    .map(([name, { key }]) =>
      faultAt(
        key,
        'unknown-variable',
        `there is no variable «${name}»`,
        `${didYouMean(name, known)}; declare it under variables`,
      ),
    )

/** One at most may say `default: true`; the first one counts until the other is gone. */
const twoDefaults = (targets: readonly Located[]): Fault[] =>
  targets
    .filter((node) => flag(node, 'default'))
    .slice(1)
    .map((node) =>
      faultAt(
        placeOf(node, ['default']),
        'one-default-target',
        'another target is the default already',
        'keep `default: true` on one target',
      ),
    )
