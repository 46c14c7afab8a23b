import type { BootstrapStep, WantedEnvironment } from '../../bootstrap.ts'
import { done, forOwner, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import { approversOf, type Approver } from './approvers.ts'
import { branchControlStep } from './branch-control.ts'
import type { Azure } from './client.ts'
import {
  changeCheck,
  checkTypes,
  createCheck,
  isType,
  readChecks,
  type Check,
  type Guarded,
} from './configurations.ts'
import type { Known } from './known.ts'

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
  const settings = { ...there.settings, approvers }
  await changeCheck(azure, `to change the approvers of ${environment}`, there, { settings })
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
  const { found, faults } = await approversOf(azure, approvers)
  if (faults.length > 0) return forOwner(what, faults.join('; '))
  if (!there) {
    const settings = approvalOf(found)
    const on: Guarded = { kind: 'environment', name }
    const apply = async () => {
      const made = await createCheck(azure, known, on, checkTypes.approval, settings)
      known.set('approval before', name, made.id)
    }
    return toCreate(what, apply, approvers.join(', '))
  }
  const now = (there.settings?.approvers ?? []).map(({ id }) => id.toLowerCase())
  const missing = found.filter(({ id }) => !now.includes(id.toLowerCase()))
  if (missing.length === 0) return done(what)
  const who = missing.map((approver) => approver.name).join(', ')
  return toUpdate(what, `${who} cannot approve yet`, () => addApprovers(azure, name, there, missing))
}

const lockStep = (azure: Azure, known: Known, on: Guarded, checks: readonly Check[]): BootstrapStep => {
  const what = `exclusive lock of ${on.name}`
  if (checks.some((check) => isType(check, checkTypes.lock))) return done(what)
  return toCreate(what, () => createCheck(azure, known, on, checkTypes.lock, {}))
}

/**
 * Approval, branch control and exclusive lock of an environment. The order in which runs wait for the lock (`lockBehavior`)
 * is in the YAML. https://learn.microsoft.com/azure/devops/pipelines/process/approvals#exclusive-lock
 */
export const checkSteps = async (
  azure: Azure,
  known: Known,
  environment: WantedEnvironment,
  locked: boolean,
): Promise<BootstrapStep[]> => {
  const { name, approval, branches } = environment
  const on: Guarded = { kind: 'environment', name }
  const why = `${azure.url}${azure.project}/_environments, ${name}, Approvals and checks`
  return await orOwner(`checks of environment ${name}`, why, async () => {
    const checks = await readChecks(azure, known, on)
    const approved = checks.find((check) => isType(check, checkTypes.approval))
    return [
      ...(approval ? [await approvalStep(azure, known, environment, approved)] : []),
      ...(branches.length > 0 ? [branchControlStep(azure, known, on, environment, checks)] : []),
      ...(locked ? [lockStep(azure, known, on, checks)] : []),
    ]
  })
}
