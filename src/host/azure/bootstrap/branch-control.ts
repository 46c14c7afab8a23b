import type { BootstrapStep, Wanted, WantedResource } from '../../bootstrap.ts'
import { done, inTurn, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
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
import type { Expected, Known } from './known.ts'

/**
 * The task behind «Branch control». Its ids are in no documentation, but in Microsoft's terraform-provider-azuredevops
 * (approvalsandchecks/common_check.go). https://learn.microsoft.com/azure/devops/pipelines/process/approvals#branch-control
 */
const task = {
  id: '86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b',
  name: 'evaluatebranchProtection',
  version: '0.0.1',
} as const

const isBranchControl = (check: Check): boolean =>
  isType(check, checkTypes.task) && check.settings?.definitionRef?.id.toLowerCase() === task.id

const allowedBy = ({ settings }: Check): string[] =>
  (settings?.inputs?.['allowedBranches'] ?? '')
    .split(',')
    .map((ref) => ref.trim())
    .filter((ref) => ref !== '')

const refsOf = ({ branches }: WantedResource): string[] => branches.map((branch) => `refs/heads/${branch}`)

/** Which tags may is for an owner to say: what they have said stays. */
const isOwners = (ref: string, { tags }: WantedResource): boolean => tags && ref.startsWith('refs/tags/')

/** Why it is not as it should be. Without a branch, all may. */
const difference = (there: Check, wanted: WantedResource): string | undefined => {
  if (there.isDisabled === true) return 'it is switched off'
  const allowed = allowedBy(there)
  if (allowed.length === 0) return 'it lets every branch through'
  const refs = refsOf(wanted)
  const loose = allowed.filter((ref) => !refs.includes(ref) && !isOwners(ref, wanted))
  if (loose.length > 0) return `it lets ${loose.join(', ')} through`
  const missing = refs.filter((ref) => !allowed.includes(ref))
  return missing.length > 0 ? `it does not let ${missing.join(', ')} through` : undefined
}

/** Protection of the branch itself is not asked for: code that is not in Azure Repos has none that Azure knows of. */
const settingsOf = (refs: readonly string[]) => ({
  displayName: 'Branch control',
  definitionRef: task,
  inputs: { allowedBranches: refs.join(', '), ensureProtectionOfBranch: 'false' },
})

const change = async (azure: Azure, what: string, there: Check, wanted: WantedResource): Promise<void> => {
  const kept = allowedBy(there).filter((ref) => isOwners(ref, wanted))
  const allowedBranches = [...refsOf(wanted), ...kept].join(', ')
  const settings = { ...there.settings, inputs: { ...there.settings?.inputs, allowedBranches } }
  await changeCheck(azure, `to change ${what}`, there, { settings, isDisabled: false })
}

/** Only code of the branches that may use a resource gets it, whatever the file on another branch says. */
export const branchControlStep = (
  azure: Azure,
  known: Known,
  guarded: Guarded,
  wanted: WantedResource,
  checks: readonly Check[],
): BootstrapStep => {
  const on = `${guarded.kind} ${guarded.name}`
  const what = `branch control of ${on}`
  const set = ({ id }: Check) => known.set('branch control of', on, id)
  const all = checks.filter(isBranchControl)
  // All of them must pass: one that is right is enough.
  const right = all.find((check) => difference(check, wanted) === undefined)
  if (right) {
    set(right)
    return done(what)
  }
  const [there] = all
  if (!there) {
    const settings = settingsOf(refsOf(wanted))
    const apply = async () => set(await createCheck(azure, known, guarded, checkTypes.task, settings))
    return toCreate(what, apply, wanted.branches.join(', '))
  }
  return toUpdate(what, difference(there, wanted) ?? '', async () => {
    await change(azure, what, there, wanted)
    set(there)
  })
}

const stepsOn = async (azure: Azure, known: Known, kind: Guarded['kind'], wanted: WantedResource) => {
  const guarded = { kind, name: wanted.name }
  const why = `add it to ${wanted.name} under Approvals and checks: Branch control, ${refsOf(wanted).join(', ')}`
  return await orOwner(`branch control of ${kind} ${wanted.name}`, why, async () => [
    branchControlStep(azure, known, guarded, wanted, await readChecks(azure, known, guarded)),
  ])
}

/** Of variable groups and service connections, where they are or are about to be; environments see to theirs. */
export const branchControlSteps = async (
  azure: Azure,
  known: Known,
  { groups, connections }: Wanted,
  expected: Expected,
): Promise<BootstrapStep[]> => {
  const all = [
    ...groups.map((wanted) => ({ kind: 'variable group' as const, wanted })),
    ...connections.map((wanted) => ({ kind: 'service connection' as const, wanted })),
  ]
  return await inTurn(
    all
      .filter(({ kind, wanted }) => wanted.branches.length > 0 && expected(kind, wanted.name))
      .map(
        ({ kind, wanted }) =>
          () =>
            stepsOn(azure, known, kind, wanted),
      ),
  )
}
