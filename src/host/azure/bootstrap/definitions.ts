import { Fail } from '../../../errors.ts'
import type { BootstrapStep, Wanted, WantedPipeline } from '../../bootstrap.ts'
import { done, forOwner, orOwner, toCreate } from '../../bootstrap-steps.ts'
import type { Azure } from './client.ts'
import type { Known } from './known.ts'

/** https://learn.microsoft.com/rest/api/azure/devops/build/definitions */
interface Definition {
  id: number
  name: string
  queueStatus?: string
  process?: { yamlFilename?: string }
}

interface Queue {
  id: number
  name: string
  pool?: { isHosted?: boolean }
}

const version = { 'api-version': '7.1' }
const pathOf = ({ project }: Azure): string => `${project}/_apis/build/definitions`

const sameFile = (a: string | undefined, b: string): boolean => a?.replace(/^\/+/, '') === b

const read = async (azure: Azure): Promise<Definition[]> => {
  const query = {
    repositoryId: azure.repository.id,
    repositoryType: 'TfsGit',
    includeAllProperties: 'true',
    ...version,
  }
  return (await azure.get<{ value: Definition[] }>('to read pipelines', pathOf(azure), query)).value
}

/** The one with the wanted name, if a file has several. */
const definitionOf = (all: readonly Definition[], { name, path }: WantedPipeline): Definition | undefined => {
  const ofFile = all.filter(({ process }) => sameFile(process?.yamlFilename, path))
  return ofFile.find((each) => each.name === name) ?? ofFile[0]
}

/** Wanted name -> that of a pipeline which somebody made of the same file; none where this token may not look. */
export const otherNames = async (
  azure: Azure,
  { pipelines }: Pick<Wanted, 'pipelines'>,
): Promise<Record<string, string>> => {
  const all = await read(azure).catch((error: unknown) => {
    if (error instanceof Fail && error.code === 'CI_DENIED') return []
    throw error
  })
  return Object.fromEntries(
    pipelines.flatMap((pipeline) => {
      const there = definitionOf(all, pipeline)
      return there && there.name !== pipeline.name ? [[pipeline.name, there.name]] : []
    }),
  )
}

const isTaken = async (azure: Azure, name: string): Promise<boolean> => {
  const query = { name, ...version }
  const found = await azure.get<{ value: Definition[] }>('to read pipelines', pathOf(azure), query)
  return found.value.length > 0
}

/** Jobs name their own pool; the definition still wants one to start with. */
const queueOf = async ({ get, project }: Azure): Promise<Queue | undefined> => {
  const path = `${project}/_apis/distributedtask/queues`
  const query = { 'api-version': '7.1' }
  const { value } = await get<{ value: Queue[] }>('to read agent queues', path, query)
  return (
    value.find(({ name }) => name === 'Azure Pipelines') ??
    value.find(({ pool }) => pool?.isHosted === true) ??
    value[0]
  )
}

/** `settingsSourceType` 2: triggers are those of the file. The same that `az pipelines create` sends. */
const create = async (azure: Azure, { name, path }: WantedPipeline, branch: string): Promise<Definition> => {
  const queue = await queueOf(azure)
  const { id, name: repository } = azure.repository
  return await azure.post<Definition>(
    `to create pipeline ${name}`,
    pathOf(azure),
    {
      name,
      type: 'build',
      path: '\\',
      process: { type: 2, yamlFilename: path },
      repository: { id, name: repository, type: 'TfsGit', defaultBranch: `refs/heads/${branch}` },
      triggers: [{ triggerType: 'continuousIntegration', settingsSourceType: 2 }],
      ...(queue ? { queue: { id: queue.id } } : {}),
    },
    version,
  )
}

const step = async (
  azure: Azure,
  known: Known,
  pipeline: WantedPipeline,
  all: readonly Definition[],
  branch: string,
): Promise<BootstrapStep> => {
  const what = `pipeline ${pipeline.name}`
  const there = definitionOf(all, pipeline)
  if (there) {
    known.set('pipeline', pipeline.name, there.id)
    const said = [
      ...(there.name === pipeline.name ? [] : [`it is named ${there.name} here`]),
      ...(there.queueStatus === 'disabled' ? ['somebody has disabled it'] : []),
    ]
    return done(what, said.join('; ') || undefined)
  }
  if (await isTaken(azure, pipeline.name))
    return forOwner(what, `another pipeline has that name: rename it, then run this again`)
  const apply = async () => known.set('pipeline', pipeline.name, (await create(azure, pipeline, branch)).id)
  return toCreate(what, apply, pipeline.path)
}

/** A pipeline for every generated file; a file that somebody made a pipeline of already, under any name, is done. */
export const definitionSteps = async (
  azure: Azure,
  known: Known,
  wanted: Wanted,
): Promise<BootstrapStep[]> => {
  if (wanted.pipelines.length === 0) return []
  const files = wanted.pipelines.map(({ path }) => path).join(', ')
  const why = `make one of each file in ${azure.url}${azure.project}/_build (New pipeline > Existing YAML file): ${files}`
  return await orOwner('pipelines', why, async () => {
    const all = await read(azure)
    return await Promise.all(
      wanted.pipelines.map((pipeline) => step(azure, known, pipeline, all, wanted.defaultBranch)),
    )
  })
}
