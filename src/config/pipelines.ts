import { dirname } from 'node:path'
import type { PipelineData } from '../ci/build.ts'
import type { Fault } from '../errors.ts'
import { readCi } from './ci.ts'
import { inOrder } from './faults.ts'
import { findProject } from './find.ts'
import { nameOf, readLocated, type Context } from './read.ts'
import { projectSchema } from './schema.ts'
import { shapeFaults } from './shape.ts'

export interface LoadedPipelines {
  /** Absolute root of the repository: the folder that holds pipelines/. */
  root: string
  /** brickrail.yml, relative to where the command runs. */
  file: string
  /** Undefined when no host is named, or brickrail.yml has faults. */
  pipeline?: PipelineData
  faults: Fault[]
}

/**
 * Only the pipelines of a project, for commands that need neither a target nor what it takes to read one: no other file and no
 * environment variable.
 * @throws Fail USAGE when there is no brickrail.yml
 */
export const loadPipelines = async (options: {
  cwd: string
  file?: string
  today: string
}): Promise<LoadedPipelines> => {
  const file = await findProject(options)
  const context: Context = { ...options, base: dirname(file), faults: [], warnings: [] }
  const found = { root: dirname(dirname(file)), file: nameOf(context, file) }
  const node = await readLocated(context, file)
  if (!node) return { ...found, faults: inOrder(context.faults) }
  const { pipeline, faults } = await readCi(node, found.root)
  const all = inOrder([...context.faults, ...shapeFaults(node, projectSchema), ...faults])
  return { ...found, faults: all, ...(pipeline && all.length === 0 ? { pipeline } : {}) }
}
