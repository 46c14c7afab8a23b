import type { BootstrapStep, WantedEnvironment } from '../../bootstrap.ts'
import { done, forOwner, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import { approversOf, type Approver } from './approvers.ts'
import type { Azure } from './client.ts'
import type { Known } from './known.ts'

/** https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/check-configurations */
interface Check {
  id: number
  type: { id: string; name: string }
  settings?: { approvers?: { id: string; displayName?: string }[]; [key: string]: unknown }
  timeout?: number
}

const types = {
  approval: { id: '8C6F20A7-A545-4486-9777-F762FAFE0D4D', name: 'Approval' },
  lock: { id: '2EF31AD6-BAA0-403A-8B45-2CBC9B4E5563', name: 'ExclusiveLock' },
} as const

/** Minutes: the service's own default, 30 days. */
const timeout = 43_200

const version = { 'api-version': '7.1-preview.1' }
const pathOf = ({ project }: Azure): string => `${project}/_apis/pipelines/checks/configurations`

const read = async (azure: Azure, id: string | undefined, name: string): Promise<Check[]> => {
  if (id === undefined) return []
  const query = { resourceType: 'environment', resourceId: id, $expand: 'settings', ...version }
  const found = await azure.get<{ value: Check[] }>(`to read the checks of ${name}`, pathOf(azure), query)
  return found.value
}

const create = async (
  azure: Azure,
  known: Known,
  environment: string,
  type: { id: string; name: string },
  settings: object,
) =>
  await azure.post<Check>(
    `to add the check ${type.name} to ${environment}`,
    pathOf(azure),
    {
      type,
      settings,
      resource: { type: 'environment', id: known.need('environment', environment), name: environment },
      timeout,
    },
    version,
  )

const isType = (check: Check, { id }: { id: string }): boolean =>
  check.type.id.toLowerCase() === id.toLowerCase()

/** One of them is enough. Whoever starts a run does not approve it, unless nobody else could. */
const approvalOf = (approvers: readonly Approver[]) => ({
  approvers: approvers.map(({ id }) => ({ id })),
  executionOrder: 'anyOrder',
  minRequiredApprovers: 1,
  instructions: 'Look at the plan before you approve.',
  requesterCannotBeApprover: approvers.length > 1 || approvers.some(({ group }) => group),
  blockedApprovers: [],
})

const addApprovers = async (
  azure: Azure,
  environment: string,
  there: Check,
  missing: readonly Approver[],
) => {
  const approvers = [...(there.settings?.approvers ?? []), ...missing].map(({ id }) => ({ id }))
  const body = {
    id: there.id,
    type: there.type,
    settings: { ...there.settings, approvers },
    ...(there.timeout === undefined ? {} : { timeout: there.timeout }),
  }
  await azure.patch(
    `to change the approvers of ${environment}`,
    `${pathOf(azure)}/${there.id}`,
    body,
    version,
  )
}

const approvalStep = async (
  azure: Azure,
  known: Known,
  { name, approvers }: WantedEnvironment,
  there: Check | undefined,
): Promise<BootstrapStep> => {
  const what = `approval before ${name}`
  if (there) known.set('approval before', name, there.id)
  if (approvers.length === 0)
    return there
      ? done(what)
      : forOwner(what, 'say who approves: --approver with e-mails or groups, separated by commas')
  const { found, unknown } = await approversOf(azure, approvers)
  if (unknown.length > 0) return forOwner(what, `the organization knows nobody named ${unknown.join(', ')}`)
  if (!there) {
    const settings = approvalOf(found)
    const apply = async () =>
      known.set('approval before', name, (await create(azure, known, name, types.approval, settings)).id)
    return toCreate(what, apply, approvers.join(', '))
  }
  const now = (there.settings?.approvers ?? []).map(({ id }) => id.toLowerCase())
  const missing = found.filter(({ id }) => !now.includes(id.toLowerCase()))
  if (missing.length === 0) return done(what)
  const who = missing.map((approver) => approver.name).join(', ')
  return toUpdate(what, `${who} cannot approve yet`, () => addApprovers(azure, name, there, missing))
}

/**
 * Approval and exclusive lock of an environment. The order in which runs wait for the lock (`lockBehavior`) is in the YAML.
 * https://learn.microsoft.com/azure/devops/pipelines/process/approvals#exclusive-lock
 */
export const checkSteps = async (
  azure: Azure,
  known: Known,
  environment: WantedEnvironment,
  locked: boolean,
): Promise<BootstrapStep[]> => {
  const { name } = environment
  const why = `${azure.url}${azure.project}/_environments, ${name}, Approvals and checks`
  return await orOwner(`checks of environment ${name}`, why, async () => {
    const checks = await read(azure, known.find('environment', name), name)
    const approval = checks.find((check) => isType(check, types.approval))
    const steps = environment.approval ? [await approvalStep(azure, known, environment, approval)] : []
    if (!locked) return steps
    const what = `exclusive lock of ${name}`
    const lock = checks.some((check) => isType(check, types.lock))
      ? done(what)
      : toCreate(what, () => create(azure, known, name, types.lock, {}))
    return [...steps, lock]
  })
}
