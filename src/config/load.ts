import { dirname } from 'node:path'
import type { PipelineData } from '../ci/build.ts'
import type { Fault } from '../errors.ts'
import type { Desired, DesiredCluster } from '../plan/state.ts'
import type { ModelPolicy } from '../plan/state-policy.ts'
import { loadCluster, type LoadedCluster } from './cluster/load.ts'
import { loadRuntimes } from './cluster/runtimes.ts'
import { readCi } from './ci.ts'
import { loadCode, type CodeSources, type LoadedCode } from './code.ts'
import { faultAt, inOrder, withoutEchoes } from './faults.ts'
import { findProject } from './find.ts'
import { loadFiles } from './files.ts'
import type { Scope } from './interpolate.ts'
import { loadJobs } from './job/load.ts'
import { entriesOf, get, text, type Located } from './located.ts'
import { loadModels } from './model/load.ts'
import type { LastChange } from './package/load.ts'
import { nameOf, pathFrom, readLocated, type Context } from './read.ts'
import { projectSchema, resolvedSchema } from './schema.ts'
import { shapeFaults } from './shape.ts'
import { chooseTarget, fullScope, resolved, targetsOf, type Chosen, type Target } from './target.ts'
import { loadTests, type Suite } from './tests.ts'

export type { Target } from './target.ts'

export interface LoadOptions {
  /** Where the command runs; the project is searched from here upwards, and faults name files relative to it. */
  cwd: string
  /** brickrail.yml, relative to cwd; otherwise pipelines/brickrail.yml here or above. */
  file?: string
  target?: string
  env: Readonly<Record<string, string | undefined>>
  /** `--var name=value` */
  vars?: Readonly<Record<string, string>>
  /** YYYY-MM-DD */
  today: string
  /** Commit of the checkout, for `${git.sha}`; asked only when a value refers to it. */
  commit?: () => string | undefined
  /** The commit that last touched a folder; asked only for packages. */
  lastChange?: LastChange
  /** Nothing is asked of the workspace: a host that is an environment variable need not be set. */
  offline?: boolean
}

export interface Project {
  name: string
  /** Absolute folder that holds pipelines/. */
  root: string
  /** Absolute path of brickrail.yml. */
  file: string
  target: Target
  targets: string[]
  /** Keys of packages, jobs and models, also of those that are taken out for this target, with the targets that have them. */
  declared: Readonly<Record<'packages' | 'jobs' | 'models', Readonly<Record<string, readonly string[]>>>>
  /** The target of commands that name none. */
  defaultTarget: string
  desired: Desired
  /** Absolute folder of the synced files. */
  sourceDir: string
  /** Where the bytes of packages and apps are. */
  sources: CodeSources
  tests: Suite[]
  /** Promotion policies, in the order of brickrail.yml. */
  models: ModelPolicy[]
  defaultBranch: string
  /** The pipelines; undefined when the project generates none. */
  ci?: PipelineData
}

export type Loaded =
  | { ok: true; project: Project; warnings: Fault[] }
  | { ok: false; faults: Fault[]; warnings: Fault[] }

/**
 * Reads brickrail.yml and every file that it names for one target: the desired state, or all faults at once.
 * @throws Fail USAGE when there is no brickrail.yml, TARGET_UNKNOWN when the target is not in it
 */
export const loadProject = async (options: LoadOptions): Promise<Loaded> => {
  const file = await findProject(options)
  const context: Context = {
    cwd: options.cwd,
    base: dirname(file),
    today: options.today,
    faults: [],
    warnings: [],
  }
  const root = await readLocated(context, file)
  if (!root) return { ok: false, faults: inOrder(context.faults), warnings: [] }
  context.faults.push(...shapeFaults(root, projectSchema))
  const unresolved: Fault[] = []
  const chosen = chooseTarget(
    root,
    { ...options, vars: options.vars ?? {}, file: nameOf(context, file) },
    unresolved,
  )
  const folder = dirname(dirname(file))
  const name = text(root, 'name') ?? ''
  const place = { project: name, target: chosen.target.name }
  const code = await loadCode(context, chosen.code, { ...place, lastChange: options.lastChange })
  const scope = fullScope(chosen, code.values)
  const sections = resolved(chosen, scope, unresolved)
  context.faults.push(...shapeFaults(sections, resolvedSchema))
  const sourceDir = pathFrom(context, text(sections, 'workspace', 'source') ?? '../workspace')
  const desired = await desiredOf(context, { chosen, scope, sections, code, project: name, sourceDir })
  const clusters = keysOf(sections, 'clusters')
  const tests = await loadTests(context, get(sections, 'tests'), { clusters, sourceDir, root: folder })
  const offline = options.offline === true
  const models = await modelsOf(context, { chosen, scope, sections, root: folder, offline })
  const { pipeline, faults: ciFaults } = await readCi(root, folder)
  context.faults.push(...ciFaults)
  const faults = inOrder(withoutEchoes([...unresolved, ...context.faults]))
  const warnings = inOrder(context.warnings)
  if (faults.length > 0) return { ok: false, faults, warnings }
  const project: Project = {
    name: desired.project,
    root: folder,
    file,
    target: chosen.target,
    targets: chosen.names,
    declared: {
      packages: targetsOf(root, chosen.names, 'packages'),
      jobs: targetsOf(root, chosen.names, 'jobs'),
      models: targetsOf(root, chosen.names, 'models'),
    },
    defaultTarget: chosen.standard,
    desired,
    sourceDir,
    sources: code.sources,
    tests,
    models,
    defaultBranch: text(root, 'ci', 'default_branch') ?? 'main',
    ...(pipeline ? { ci: pipeline } : {}),
  }
  return { ok: true, project, warnings }
}

const modelsOf = (
  context: Context,
  inputs: Pick<Inputs, 'chosen' | 'scope' | 'sections'> & { root: string; offline: boolean },
): Promise<ModelPolicy[]> => {
  const { chosen, sections, ...rest } = inputs
  const { target, names: targets } = chosen
  return loadModels(context, get(sections, 'models'), {
    ...rest,
    targets,
    target: target.name,
    remote: target.host !== undefined,
    clusters: keysOf(sections, 'clusters'),
    jobs: keysOf(sections, 'jobs'),
    suites: keysOf(sections, 'tests'),
  })
}

const keysOf = (sections: Located, section: string): string[] =>
  entriesOf(get(sections, section)).map(([key]) => key)

interface Inputs {
  chosen: Chosen
  scope: Scope
  /** With every reference replaced. */
  sections: Located
  code: LoadedCode
  project: string
  sourceDir: string
}

/** The named files of one target. Their faults go to the context, so that those of all files come together. */
const desiredOf = async (context: Context, inputs: Inputs): Promise<Desired> => {
  const { chosen, scope, sections, code, project, sourceDir } = inputs
  const { names, target } = chosen
  const embedded = target.host === undefined
  const input = {
    target: target.name,
    targets: names,
    embedded,
    scope,
    runtimes: await loadRuntimes(context),
  }
  const loaded: LoadedCluster[] = []
  for (const [key, entry] of entriesOf(get(sections, 'clusters'))) {
    const cluster = await loadCluster(context, key, entry, input)
    if (cluster) loaded.push(cluster)
  }
  context.faults.push(...sameNames(loaded))
  const workspace = get(sections, 'workspace')
  const files = workspace?.kind === 'map' ? await loadFiles(context, workspace, sourceDir) : undefined
  const clusters = loaded.map(({ cluster }): DesiredCluster => cluster)
  const keys = keysOf(sections, 'clusters')
  const jobs = await loadJobs(context, get(sections, 'jobs'), {
    ...input,
    clusters: keys,
    files,
    apps: code.apps,
  })
  return {
    project,
    target: target.name,
    clusters,
    ...(files ? { files } : {}),
    ...(code.packages ? { packages: code.packages } : {}),
    ...(code.apps ? { apps: code.apps } : {}),
    ...(jobs ? { jobs } : {}),
  }
}

/** Two clusters of one name could not be told apart by people. */
const sameNames = (loaded: readonly LoadedCluster[]): Fault[] => {
  const first = new Map<string, string>()
  return loaded.flatMap(({ cluster, name }) => {
    const other = first.get(name.value)
    if (other === undefined) {
      first.set(name.value, cluster.key)
      return []
    }
    const message = `the clusters ${other} and ${cluster.key} are both named «${name.value}»`
    return [
      faultAt(
        name.at,
        'one-cluster-per-name',
        message,
        'use the placeholder CLUSTER_NAME, or another cluster_name',
      ),
    ]
  })
}
