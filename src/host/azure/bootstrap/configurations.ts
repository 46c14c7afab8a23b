import type { Azure } from './client.ts'
import { resourceTypes, type Known, type ResourceKind } from './known.ts'

/** https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/check-configurations */
export interface Check {
  id: number
  type: { id: string; name: string }
  isDisabled?: boolean
  settings?: {
    approvers?: { id: string; displayName?: string }[]
    definitionRef?: { id: string }
    /** Of a task: all values are texts. */
    inputs?: Readonly<Record<string, string>>
    [key: string]: unknown
  }
  timeout?: number
}

/** What a check is on. */
export interface Guarded {
  kind: ResourceKind
  name: string
}

interface CheckType {
  id: string
  name: string
}

export const checkTypes = {
  approval: { id: '8C6F20A7-A545-4486-9777-F762FAFE0D4D', name: 'Approval' },
  lock: { id: '2EF31AD6-BAA0-403A-8B45-2CBC9B4E5563', name: 'ExclusiveLock' },
  task: { id: 'fe1de3ee-a436-41b4-bb20-f6eb4cb879a7', name: 'Task Check' },
} as const

/** Minutes. People have the service's own default of 30 days to approve; a task answers at once. */
const timeoutOf = ({ id }: CheckType): number => (id === checkTypes.task.id ? 1440 : 43_200)

const version = { 'api-version': '7.1-preview.1' }
const pathOf = ({ project }: Azure): string => `${project}/_apis/pipelines/checks/configurations`

export const isType = (check: Check, { id }: CheckType): boolean =>
  check.type.id.toLowerCase() === id.toLowerCase()

/** Checks of a resource; of one that is about to be created there are none. */
export const readChecks = async (azure: Azure, known: Known, { kind, name }: Guarded): Promise<Check[]> => {
  const id = known.find(kind, name)
  if (id === undefined) return []
  const query = { resourceType: resourceTypes[kind], resourceId: id, $expand: 'settings', ...version }
  const found = await azure.get<{ value: Check[] }>(`to read the checks of ${name}`, pathOf(azure), query)
  return found.value
}

/** @throws Fail CI_REFUSED (an earlier step could not create the resource), and what `post` throws */
export const createCheck = async (
  azure: Azure,
  known: Known,
  { kind, name }: Guarded,
  type: CheckType,
  settings: object,
): Promise<Check> =>
  await azure.post<Check>(
    `to add the check ${type.name} to ${name}`,
    pathOf(azure),
    {
      type,
      settings,
      resource: { type: resourceTypes[kind], id: known.need(kind, name), name },
      timeout: timeoutOf(type),
    },
    version,
  )

/** What is not in `change` is sent as it was read. */
export const changeCheck = async (
  azure: Azure,
  what: string,
  there: Check,
  change: Pick<Check, 'settings' | 'isDisabled'>,
): Promise<void> => {
  const body = {
    id: there.id,
    type: there.type,
    settings: there.settings,
    ...(there.timeout === undefined ? {} : { timeout: there.timeout }),
    ...change,
  }
  await azure.patch(what, `${pathOf(azure)}/${there.id}`, body, version)
}
