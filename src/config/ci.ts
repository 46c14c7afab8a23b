import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { buildPipeline, type PipelineData } from '../ci/build.ts'
import type { Declared } from '../ci/built-in.ts'
import { isBuiltIn } from '../ci/catalog.ts'
import type { Problem } from '../ci/model.ts'
import type { Section, TargetFact } from '../ci/section.ts'
import type { Fault } from '../errors.ts'
import { readCron } from './ci-cron.ts'
import { didYouMean, faultAt } from './faults.ts'
import { entriesOf, flag, get, mapScalars, placeOf, plain, text, type Located } from './located.ts'
import { ciSchema } from './schema-ci.ts'
import { testsSomewhere } from './tests.ts'

const targetsOf = (root: Located): TargetFact[] => {
  const targets = entriesOf(get(root, 'targets')).map(([name, { node }]) => ({
    name,
    remote: text(node, 'host') !== undefined,
    protected: flag(node, 'protected'),
    default: flag(node, 'default'),
  }))
  return targets.length > 0 ? targets : [{ name: 'local', remote: false, protected: false, default: true }]
}

/** Of all targets together: the pipelines are the same for all of them. */
const declaresOf = (root: Located): Declared[] => {
  const targets = entriesOf(get(root, 'targets')).map(([, { node }]) => node)
  const has = (section: string): boolean =>
    [root, ...targets].some((node) => entriesOf(get(node, section)).length > 0)
  const { local, remote } = testsSomewhere(root)
  return [
    ...(['jobs', 'apps', 'packages'].some(has) ? (['jobs'] as const) : []),
    ...(has('packages') ? (['packages'] as const) : []),
    ...(has('models') ? (['models'] as const) : []),
    ...(local ? (['local-tests'] as const) : []),
    ...(remote ? (['remote-tests'] as const) : []),
  ]
}

/** Names of the scripts of package.json; none when there is none, or it cannot be read: npm will say so. */
const scriptsOf = async (root: string): Promise<string[]> => {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const { scripts } = v.parse(
      v.object({ scripts: v.optional(v.record(v.string(), v.unknown())) }),
      manifest,
    )
    return Object.keys(scripts ?? {})
  } catch {
    return []
  }
}

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

/** The list, or the field of a job, in which a path ends: what is wrong in a part of it makes all of it useless. */
const cut = (section: Tree, path: readonly string[]): readonly string[] => {
  let at: unknown = section
  for (const [index, step] of path.entries()) {
    if (Array.isArray(at) || (path[0] === 'jobs' && index > 2)) return path.slice(0, index)
    at = isTree(at) ? at[step] : undefined
  }
  return path
}

/** Take out what does not have the shape, so that the rest can be checked in the same run. */
const prune = (section: Tree, path: readonly string[]): void => {
  const parent = path.slice(0, -1).reduce<unknown>((at, step) => (isTree(at) ? at[step] : undefined), section)
  const last = path.at(-1)
  if (!isTree(parent) || last === undefined) return
  delete parent[last]
  // A job or a script that is wrong is there all the same: others may need it, and it is not empty.
  if (path[0] === 'jobs' && path.length === 2) parent[last] = isBuiltIn(last) ? {} : { script: [':'] }
  if (last === 'script' || last === 'command') parent['script'] = [':']
}

const soundSection = (node: Located): Section => {
  const section = plain(mapScalars(node, (value) => (typeof value === 'bigint' ? Number(value) : value)))
  const { issues } = v.safeParse(ciSchema, section)
  if (!isTree(section) || Array.isArray(section)) return {}
  for (const issue of issues ?? []) {
    const path = (issue.path ?? []).map(({ key }) => String(key))
    prune(section, cut(section, path))
  }
  return section
}

const faultOf = (node: Located, { path, key, rule, message, hint }: Problem): Fault =>
  faultAt(placeOf(node, path, key ? 'key' : 'value'), rule, message, hint)

/**
 * The pipelines of a project, which are the same for all its targets: nothing here depends on the target or the environment.
 * @param root brickrail.yml; the shape of its section `ci` is reported elsewhere
 * @param folder absolute root of the repository
 * @returns no pipeline when no host is named
 */
export const readCi = async (
  root: Located,
  folder: string,
): Promise<{ pipeline?: PipelineData; faults: Fault[] }> => {
  const node = get(root, 'ci')
  if (!node) return { faults: [] }
  const { pipeline, problems } = buildPipeline(soundSection(node), {
    project: text(root, 'name') ?? '',
    targets: targetsOf(root),
    declares: declaresOf(root),
    npmScripts: await scriptsOf(folder),
    fileExists: (path) => existsSync(join(folder, path)),
    cron: readCron,
    suggest: didYouMean,
  })
  const faults = problems.map((problem) => faultOf(node, problem))
  return pipeline.hosts.length > 0 ? { pipeline, faults } : { faults }
}
