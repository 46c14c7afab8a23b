import type { BootstrapStep, Wanted } from '../../bootstrap.ts'
import { done, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import type { Azure } from './client.ts'
import type { Expected, Known } from './known.ts'

/** https://learn.microsoft.com/rest/api/azure/devops/policy/configurations; one type of many: «Build» */
const buildPolicy = '0609b952-1397-4640-95ec-e00a01b2c241'

interface Scope {
  repositoryId?: string | null
  refName?: string | null
  matchKind?: string
}

interface Policy {
  id: number
  isEnabled: boolean
  isBlocking: boolean
  isDeleted?: boolean
  type: { id: string }
  settings: { buildDefinitionId?: number; scope?: Scope[]; [key: string]: unknown }
}

const version = { 'api-version': '7.1' }
const pathOf = ({ project }: Azure): string => `${project}/_apis/policy/configurations`

const read = async (azure: Azure): Promise<Policy[]> => {
  const query = { policyType: buildPolicy, ...version }
  const { value } = await azure.get<{ value: Policy[] }>('to read branch policies', pathOf(azure), query)
  return value.filter(({ type, isDeleted }) => type.id === buildPolicy && isDeleted !== true)
}

/** A scope without a repository or branch is that of all of them. */
const covers = ({ repositoryId, refName, matchKind }: Scope, repository: string, ref: string): boolean =>
  (!repositoryId || repositoryId === repository) &&
  (!refName || (matchKind?.toLowerCase() === 'prefix' ? ref.startsWith(refName) : refName === ref))

const create = async (azure: Azure, known: Known, pipeline: string, refName: string) =>
  await azure.post(
    `to require ${pipeline}`,
    pathOf(azure),
    {
      isEnabled: true,
      isBlocking: true,
      type: { id: buildPolicy },
      settings: {
        buildDefinitionId: Number(known.need('pipeline', pipeline)),
        displayName: pipeline,
        queueOnSourceUpdateOnly: true,
        manualQueueOnly: false,
        // Minutes that a green run counts when the target branch has moved on.
        validDuration: 720,
        scope: [{ repositoryId: azure.repository.id, refName, matchKind: 'exact' }],
      },
    },
    version,
  )

const enforce = async (azure: Azure, pipeline: string, { id, type, settings }: Policy) =>
  await azure.put(
    `to require ${pipeline}`,
    `${pathOf(azure)}/${id}`,
    { isEnabled: true, isBlocking: true, type: { id: type.id }, settings },
    version,
  )

const step = (
  azure: Azure,
  known: Known,
  pipeline: string,
  all: readonly Policy[],
  branch: string,
): BootstrapStep => {
  const what = `build validation on ${branch}: ${pipeline}`
  const refName = `refs/heads/${branch}`
  const id = known.find('pipeline', pipeline)
  const there = all.find(
    ({ settings }) =>
      String(settings.buildDefinitionId) === id &&
      (settings.scope ?? []).some((scope) => covers(scope, azure.repository.id, refName)),
  )
  if (!there) return toCreate(what, () => create(azure, known, pipeline, refName))
  if (there.isEnabled && there.isBlocking) return done(what)
  const why = there.isEnabled ? 'it does not hold anything back' : 'it is switched off'
  return toUpdate(what, why, () => enforce(azure, pipeline, there))
}

/** Azure Repos take no notice of `pr:` in the file: a pull request is built because a policy says so. */
export const policySteps = async (
  azure: Azure,
  known: Known,
  wanted: Wanted,
  expected: Expected,
): Promise<BootstrapStep[]> => {
  const pipelines = wanted.pipelines.filter(({ name, validates }) => validates && expected('pipeline', name))
  if (pipelines.length === 0) return []
  const why = `add it in ${azure.url}${azure.project}/_settings/repositories, ${azure.repository.name}, Policies, ${wanted.defaultBranch}, Build Validation`
  return await orOwner(`build validation on ${wanted.defaultBranch}`, why, async () => {
    const all = await read(azure)
    return pipelines.map(({ name }) => step(azure, known, name, all, wanted.defaultBranch))
  })
}
