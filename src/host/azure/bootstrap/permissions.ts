import type { BootstrapStep, Wanted } from '../../bootstrap.ts'
import { done, forOwner, orOwner, toUpdate } from '../../bootstrap-steps.ts'
import type { Azure } from './client.ts'
import type { Expected, Known } from './known.ts'

/** https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/pipeline-permissions */
interface Permissions {
  pipelines?: { id: number; authorized: boolean }[]
  allPipelines?: { authorized?: boolean }
}

const version = { 'api-version': '7.1-preview.1' }

const resourceTypes = {
  'variable group': 'variablegroup',
  environment: 'environment',
  'service connection': 'endpoint',
} as const

interface Use {
  kind: keyof typeof resourceTypes
  name: string
  /** Names of the pipelines that use it. */
  pipelines: readonly string[]
  /** An environment whose deployments somebody has to approve. */
  guarded: boolean
}

const usesOf = ({ pipelines, secrets, environments: wanted, serviceConnection }: Wanted): Use[] => {
  const users = (pick: 'groups' | 'environments', name: string): string[] =>
    pipelines.filter((pipeline) => pipeline[pick].includes(name)).map((pipeline) => pipeline.name)
  const groups = [...new Set(secrets.flatMap(({ scope }) => scope ?? []))]
  const environments = [...new Set(pipelines.flatMap((pipeline) => pipeline.environments))]
  const connections: Use[] =
    serviceConnection === undefined
      ? []
      : [
          {
            kind: 'service connection',
            name: serviceConnection,
            pipelines: pipelines.filter(({ groups }) => groups.length > 0).map(({ name }) => name),
            guarded: false,
          },
        ]
  return [
    ...groups.map((name): Use => ({
      kind: 'variable group',
      name,
      pipelines: users('groups', name),
      guarded: false,
    })),
    ...environments.map((name): Use => ({
      kind: 'environment',
      name,
      pipelines: users('environments', name),
      guarded: wanted.some((each) => each.name === name && each.approval),
    })),
    ...connections,
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
  if (use.guarded) known.need('approval before', use.name)
  const pipelines = names.map((name) => ({ id: Number(known.need('pipeline', name)), authorized: true }))
  const what = `to let pipelines use ${use.kind} ${use.name}`
  await azure.patch(what, pathOf(azure, use, id), { pipelines }, version)
}

/** Without its approval, whoever may run a pipeline could deploy there. */
const step = async (azure: Azure, known: Known, use: Use, expected: Expected): Promise<BootstrapStep> => {
  const what = `pipelines may use ${use.kind} ${use.name}`
  const id = known.find(use.kind, use.name)
  const there =
    id === undefined
      ? {}
      : await azure.get<Permissions>(`to read who may use ${use.name}`, pathOf(azure, use, id), version)
  const missing = missingIn(known, use, there)
  if (missing.length === 0) return done(what)
  if (use.guarded && !expected('approval before', use.name))
    return forOwner(what, 'not before somebody has to approve deployments there: see above')
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
