import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { PipelineData } from '../ci/build.ts'
import { headerOf } from '../ci/emit.ts'
import { missingIncludes, missingStages } from '../ci/includes.ts'
import type { GeneratedFile, Pipeline } from '../ci/model.ts'
import { render } from '../ci/render.ts'
import { exists } from '../config/find.ts'
import { Fail, invalid } from '../errors.ts'
import { canonical } from '../plan/canonical.ts'
import { applyChanges, assertInside, filesBelow, readText, type Change } from './repository-files.ts'
import type { Run } from './script.ts'
import { isUntouched, seal } from './seal.ts'
import { version } from './version.ts'

/**
 * Where generated files lie, and how they are called there: one of them with our header that is generated no more is stale.
 * Azure's are named after jobs.
 */
const places = [
  ['.gitlab', /^\.gitlab\/brickrail\.yml$/],
  ['azure-pipelines', /^azure-pipelines\/.+\.yml$/],
  ['.github/workflows', /^\.github\/workflows\/brickrail-[^/]+\.yml$/],
] as const

export type FileState = 'created' | 'updated' | 'unchanged' | 'removed' | 'yours'

export interface PipelineFile {
  path: string
  state: FileState
  /** As it is now; undefined when there is none. */
  before?: string
  /** As it should be; undefined when it should not be. */
  after?: string
  /** Files that this one has to include, and does not. */
  includes: readonly string[]
  /** Of a file with a list of its own: stages of generated jobs that are not in it. */
  stages?: readonly string[]
}

/** The project's pipelines, stamped with this generator and a digest of all that the files are made of. */
export const stamp = (data: PipelineData): Pipeline => ({
  ...data,
  version,
  digest: createHash('sha256').update(canonical(data)).digest('hex'),
})

/**
 * The pipelines of this run's project. Nothing but brickrail.yml is read: no target, no variable, no workspace.
 * @throws Fail CONFIG_INVALID; USAGE when there is no brickrail.yml, or it names no CI host
 */
export const openPipelines = async ({
  world,
  values,
}: Run): Promise<{ root: string; pipeline: Pipeline }> => {
  const { loadPipelines } = await import('../config/pipelines.ts')
  const file = values['file']
  const { root, pipeline, faults, ...found } = await loadPipelines({
    cwd: world.cwd,
    today: new Date(world.clock.now()).toISOString().slice(0, 10),
    ...(typeof file === 'string' ? { file } : {}),
  })
  if (faults.length > 0) throw invalid(faults)
  if (!pipeline)
    throw new Fail('USAGE', {
      what: `${found.file} names no CI host`,
      hint: 'add to it: ci: { hosts: [gitlab, azure, github] }, with those that you use',
    })
  return { root, pipeline: stamp(pipeline) }
}

const isRepository = async (folder: string): Promise<boolean> => await exists(join(folder, '.git'))

/** The repository that the project is only a folder of: CI hosts look for pipelines in its root, and name paths from there. */
export const repositoryAbove = async (root: string): Promise<string | undefined> => {
  if (await isRepository(root)) return undefined
  for (let folder = dirname(root); folder !== dirname(folder); folder = dirname(folder))
    if (await isRepository(folder)) return folder
  return undefined
}

const stagesOf = ({ jobs }: Pipeline): string[] => [...new Set(jobs.map(({ stage }) => stage))]

const compare = async (root: string, file: GeneratedFile, pipeline: Pipeline): Promise<PipelineFile> => {
  const { path, owner } = file
  const text = owner === 'user' ? file.text : seal(file.text)
  const before = await readText(join(root, path))
  if (before === undefined) return { path, state: 'created', after: text, includes: [] }
  if (owner === 'user')
    return {
      path,
      state: 'yours',
      before,
      after: before,
      includes: missingIncludes(text, before),
      stages: missingStages(stagesOf(pipeline), before),
    }
  return { path, state: before === text ? 'unchanged' : 'updated', before, after: text, includes: [] }
}

const staleFiles = async (root: string, wanted: readonly GeneratedFile[]): Promise<PipelineFile[]> => {
  const keep = new Set(wanted.map(({ path }) => path))
  const found: PipelineFile[] = []
  for (const [folder, name] of places)
    for (const path of await filesBelow(root, folder)) {
      if (keep.has(path) || !name.test(path)) continue
      const before = await readText(join(root, path))
      if (before !== undefined && headerOf(before))
        found.push({ path, state: 'removed', before, includes: [] })
    }
  return found
}

/** Every file of the pipelines beside what is there; nothing is written. */
export const compareFiles = async (root: string, pipeline: Pipeline): Promise<PipelineFile[]> => {
  const wanted = render(pipeline)
  const compared: PipelineFile[] = []
  for (const file of wanted) compared.push(await compare(root, file, pipeline))
  const files = [...compared, ...(await staleFiles(root, wanted))]
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Those that are not as the spec generates them. */
export const changedFiles = (files: readonly PipelineFile[]): PipelineFile[] =>
  files.filter(({ state }) => state !== 'unchanged' && state !== 'yours')

/**
 * The include, and the stages, that only its owner can add.
 * @throws Fail USAGE, with the lines
 */
export const assertIncluded = (files: readonly PipelineFile[]): void => {
  for (const { path, includes, stages = [] } of files) {
    if (includes.length > 0)
      throw new Fail('USAGE', {
        what: `${path} is yours, and does not include what is generated, so nothing of it runs`,
        hint: `add to ${path}:\ninclude:\n${includes.map((local) => `  - local: ${local}`).join('\n')}`,
      })
    if (stages.length > 0)
      throw new Fail('USAGE', {
        what: `${path} has \`stages\` of its own, without ${stages.join(', ')}: GitLab will refuse the pipeline`,
        hint: `add ${stages.join(', ')} to them, or take \`stages\` out: the list that is included has them all`,
      })
  }
}

/** @throws Fail USAGE when something that a person made would be lost, with the files */
const assertNothingLost = (changed: readonly PipelineFile[]): void => {
  const lost = changed.filter(({ before }) => before !== undefined && !isUntouched(before))
  if (lost.length === 0) return
  const lines = lost.map(({ path, before = '', after }) => {
    const why = headerOf(before) ? 'is not as Brickrail has generated it' : 'was not generated by Brickrail'
    return `${path} ${why}, and would be ${after === undefined ? 'removed' : 'overwritten'}`
  })
  throw new Fail('USAGE', {
    what: `${lines.join('; ')}; nothing was written`,
    hint: 'move what it does into a job of the section ci, or into a file of your own without the first two lines; what may be lost is replaced with --force',
  })
}

/**
 * Write what differs: all of it, or nothing.
 * @throws Fail USAGE for a file of somebody else, or one that was edited (unless `force`), or a link that leads out of the
 * repository
 */
export const writeFiles = async (
  root: string,
  files: readonly PipelineFile[],
  { force }: { force: boolean },
): Promise<void> => {
  const changed = changedFiles(files)
  if (!force) assertNothingLost(changed)
  for (const { path } of changed) await assertInside(root, path)
  const changes = changed.map(({ path, after }): Change =>
    after === undefined ? { path } : { path, text: after },
  )
  await applyChanges(root, changes)
}

/** What is there against what the spec generates: the names of files that are not there at all, and a unified diff of the others. */
export const diffOf = async (files: readonly PipelineFile[]): Promise<string> => {
  const { createTwoFilesPatch } = await import('diff')
  const changed = changedFiles(files)
  const missing = changed.filter(({ before }) => before === undefined)
  const list =
    missing.length === 0
      ? ''
      : `${missing.length} pipeline file(s) are not there:\n${missing.map(({ path }) => `  ${path}\n`).join('')}`
  const diffs = changed
    .filter(({ before }) => before !== undefined)
    .map(({ path, before, after }) =>
      createTwoFilesPatch(
        `a/${path}`,
        after === undefined ? '/dev/null' : `b/${path}`,
        before ?? '',
        after ?? '',
        undefined,
        undefined,
        { context: 3 },
      ).replace(/^=+\n/, ''),
    )
    .join('')
  return `${list}${diffs}`.trimEnd()
}
