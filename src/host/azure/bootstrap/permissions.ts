import type { BootstrapStep, Wanted, WantedPipeline, WantedResource } from '../../bootstrap.ts'
import { done, forOwner, orOwner, toUpdate } from '../../bootstrap-steps.ts'
import type { Azure } from './client.ts'
import { resourceTypes, type Expected, type Kind, type Known, type ResourceKind } from './known.ts'

/** https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/pipeline-permissions */
interface Permissions {
  pipelines?: { id: number; authorized: boolean }[]
  allPipelines?: { authorized?: boolean }
}

const version = { 'api-version': '7.1-preview.1' }

interface Use {
  kind: ResourceKind
  name: string
  /** Names of the pipelines that use it. */
  pipelines: readonly string[]
  /** Checks without which whoever may run a pipeline, or push a branch, could use it. */
  guards: readonly (readonly [kind: Kind, name: string])[]
}

const usesOf = ({ pipelines, groups, environments, connections }: Wanted): Use[] => {
  const use = (kind: ResourceKind, { name, branches }: WantedResource, users: readonly WantedPipeline[]) => ({
    kind,
    name,
    pipelines: users.map((pipeline) => pipeline.name),
    guards: branches.length > 0 ? [['branch control of', `${kind} ${name}`] as const] : [],
  })
  const by = (pick: 'groups' | 'environments' | 'connections', name: string) =>
    pipelines.filter((pipeline) => pipeline[pick].includes(name))
  return [
    ...groups.map((one) => use('variable group', one, by('groups', one.name))),
    ...environments.map((one): Use => {
      const { guards, ...rest } = use('environment', one, by('environments', one.name))
      return { ...rest, guards: one.approval ? [['approval before', one.name], ...guards] : guards }
    }),
    ...connections.map((one) => use('service connection', one, by('connections', one.name))),
  ]
}

const pathOf = ({ project }: Azure, { kind }: Use, id: string): string =>
  `${project}/_apis/pipelines/pipelinepermissions/${resourceTypes[kind]}/${id}`

const missingIn = (known: Known, use: Use, there: Permissions): string[] => {
  if (there.allPipelines?.authorized === true) return []
  const allowed = (there.pipelines ?? []).filter(({ authorized }) => authorized).map(({ id }) => String(id))
  return use.pipelines.filter((name) => {
    const id = known.find('pipeline', name)
    return id === undefined || !allowed.includes(id)
  })
}

/** PATCH adds: other pipelines keep their permission. */
const permit = async (azure: Azure, known: Known, use: Use, names: readonly string[]) => {
  const id = known.need(use.kind, use.name)
  for (const [kind, name] of use.guards) known.need(kind, name)
  const pipelines = names.map((name) => ({ id: Number(known.need('pipeline', name)), authorized: true }))
  const what = `to let pipelines use ${use.kind} ${use.name}`
  await azure.patch(what, pathOf(azure, use, id), { pipelines }, version)
}

const step = async (azure: Azure, known: Known, use: Use, expected: Expected): Promise<BootstrapStep> => {
  const what = `pipelines may use ${use.kind} ${use.name}`
  const id = known.find(use.kind, use.name)
  const there =
    id === undefined
      ? {}
      : await azure.get<Permissions>(`to read who may use ${use.name}`, pathOf(azure, use, id), version)
  const missing = missingIn(known, use, there)
  if (missing.length === 0) return done(what)
  const lacking = use.guards.filter(([kind, name]) => !expected(kind, name))
  if (lacking.length > 0)
    return forOwner(
      what,
      `not before there is ${lacking.map((guard) => guard.join(' ')).join(', ')}: see above`,
    )
  return toUpdate(what, missing.join(', '), () => permit(azure, known, use, missing))
}

/** Which pipelines may use which variable groups, environments and connections: no others than those that do. */
export const permissionSteps = async (
  azure: Azure,
  known: Known,
  wanted: Wanted,
  expected: Expected,
): Promise<BootstrapStep[]> => {
  const uses = usesOf(wanted)
    .filter(({ kind, name }) => expected(kind, name))
    .map((use) => ({ ...use, pipelines: use.pipelines.filter((name) => expected('pipeline', name)) }))
    .filter(({ pipelines }) => pipelines.length > 0)
  const found = await Promise.all(
    uses.map((use) => {
      const why = `permit them in its Security page, or with the button «Permit» of their first run`
      return orOwner(`pipelines may use ${use.kind} ${use.name}`, why, async () => [
        await step(azure, known, use, expected),
      ])
    }),
  )
  return found.flat()
}
