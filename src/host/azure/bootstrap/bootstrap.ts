import type { Bootstrap, BootstrapOptions, BootstrapStep, Wanted } from '../../bootstrap.ts'
import { forOwner, inTurn } from '../../bootstrap-steps.ts'
import type { HostTools } from '../../host.ts'
import { branchControlSteps } from './branch-control.ts'
import { connect, type Azure } from './client.ts'
import { connectionSteps } from './connection.ts'
import { definitionSteps, otherNames } from './definitions.ts'
import { environmentSteps } from './environments.ts'
import { groupSteps } from './groups.ts'
import { createKnown, type Expected, type Known } from './known.ts'
import { permissionSteps } from './permissions.ts'
import { policySteps } from './policy.ts'

const branchSteps = ({ repository }: Azure, branch: string): BootstrapStep[] => {
  const there = repository.defaultBranch?.replace(/^refs\/heads\//, '')
  if (there === undefined)
    return [forOwner('default branch', `the repository is empty: push ${branch}, or pipelines find no file`)]
  if (there === branch) return []
  const why = `the repository’s is ${there}, the spec’s is ${branch}: change ci.default_branch, or the repository’s in Project settings > Repositories`
  return [forOwner('default branch', why)]
}

/** What is not there and will not be created can neither be permitted nor required. */
const expectedIn =
  (known: Known, steps: readonly BootstrapStep[]): Expected =>
  (kind, name) =>
    known.find(kind, name) !== undefined ||
    steps.some(({ what, state }) => (state === 'create' || state === 'update') && what === `${kind} ${name}`)

/** What a project on Azure DevOps needs. Permissions and policies come last: they speak of what the others make. */
export const bootstrapAzure = (async (wanted, options, tools) => {
  const azure = await connect(options, tools)
  const known = createKnown()
  const resources = await inTurn([
    async () => branchSteps(azure, wanted.defaultBranch),
    () => definitionSteps(azure, known, wanted),
    () => groupSteps(azure, known, wanted, options),
    () => environmentSteps(azure, known, wanted),
    () => connectionSteps(azure, known, wanted),
  ])
  const guards = await branchControlSteps(azure, known, wanted, expectedIn(known, resources))
  const steps = [...resources, ...guards]
  const expected = expectedIn(known, steps)
  const rest = await inTurn([
    () => permissionSteps(azure, known, wanted, expected),
    () => policySteps(azure, known, wanted, expected),
  ])
  return [...steps, ...rest]
}) satisfies Bootstrap

/**
 * What OIDC tokens say: they come from `https://vstoken.dev.azure.com/<organizationId>`, a GUID, and name the pipeline as
 * people do who see it.
 * @returns `pipelineNames` has those that were accepted under another name, by the wanted one
 */
export const readOrganization = async (
  wanted: Wanted,
  options: BootstrapOptions,
  tools: HostTools,
): Promise<{ organizationId?: string; pipelineNames: Record<string, string> }> => {
  const azure = await connect(options, tools)
  const { organizationId } = azure
  const pipelineNames = await otherNames(azure, wanted)
  return { pipelineNames, ...(organizationId === undefined ? {} : { organizationId }) }
}
