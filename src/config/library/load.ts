import { dirname, resolve } from 'node:path'
import type { Fault } from '../../errors.ts'
import type { Library } from '../../wire/libraries.ts'
import { faultAt } from '../faults.ts'
import { interpolate, type Scope } from '../interpolate.ts'
import { entriesOf, text, texts, without, type Located } from '../located.ts'
import { pathFrom, readLocated, type Context } from '../read.ts'
import { librariesSchema } from '../schema.ts'
import { shapeFaults } from '../shape.ts'
import { loadRequirements } from './requirements.ts'
import { libraryFaults, unpinnedWarnings, type Declared } from './rules.ts'

/** The libraries of a libraries file, in the order written; faults and warnings go to the context. */
export const loadLibraries = async (
  context: Context,
  named: Located | undefined,
  scope: Scope,
): Promise<Library[]> => {
  const path = text(named)
  if (named === undefined || path === undefined) return []
  const file = pathFrom(context, path)
  const written = await readLocated(context, file, named.at)
  if (!written || (written.kind === 'scalar' && written.value === null)) return []
  const node = interpolate(written, scope, context.faults)
  context.faults.push(...eggFaults(node), ...shapeFaults(without(node, ['egg']), librariesSchema))
  const declared = await collect(context, node, file)
  context.faults.push(...libraryFaults(declared))
  context.warnings.push(...unpinnedWarnings(declared))
  return declared.map(({ library }) => library)
}

const eggFaults = (node: Located): Fault[] =>
  entriesOf(node)
    .filter(([key]) => key === 'egg')
    .map(([, { key }]) =>
      faultAt(
        key,
        'no-eggs',
        'Databricks runtimes from 14.0 on do not install eggs',
        'build a wheel and list it under whl',
      ),
    )

const collect = async (context: Context, node: Located, file: string): Promise<Declared[]> => {
  const declared: Declared[] = []
  for (const [kind, { node: value }] of entriesOf(node)) {
    for (const item of value.kind === 'list' ? value.items : [value]) {
      if (kind === 'requirements') declared.push(...(await requirements(context, item, file)))
      else {
        const library = libraryOf(kind, item)
        if (library) declared.push({ library, at: item.at })
      }
    }
  }
  return declared
}

/** A local file becomes pypi libraries; one in the workspace is left to pip on the cluster. */
const requirements = async (context: Context, item: Located, file: string): Promise<Declared[]> => {
  const path = text(item)
  if (path === undefined) return []
  if (/^\/(Workspace|Volumes)\//.test(path)) return [{ library: { requirements: path }, at: item.at }]
  const lines = await loadRequirements(context, resolve(dirname(file), path), item.at)
  return lines.map((line) => ({ library: { pypi: { package: line.package } }, at: line.at }))
}

/** Text is short for the API's object. Undefined for what the schema refused already. */
const libraryOf = (kind: string, item: Located): Library | undefined => {
  const name = text(item)
  const repo = text(item, 'repo')
  const withRepo = <T extends object>(value: T) => (repo === undefined ? value : { ...value, repo })
  const packaged = name ?? text(item, 'package')
  if (kind === 'pypi' && packaged !== undefined)
    return { pypi: withRepo({ package: packaged.replace(/\s+/g, '') }) }
  if (kind === 'cran' && packaged !== undefined) return { cran: withRepo({ package: packaged }) }
  const coordinates = name ?? text(item, 'coordinates')
  if (kind === 'maven' && coordinates !== undefined) {
    const exclusions = texts(item, 'exclusions')
    return { maven: { ...withRepo({ coordinates }), ...(exclusions ? { exclusions } : {}) } }
  }
  if (kind === 'whl' && name !== undefined) return { whl: name }
  return kind === 'jar' && name !== undefined ? { jar: name } : undefined
}
