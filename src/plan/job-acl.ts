import type { AccessControl, AccessControlResponse } from '../wire/permissions.ts'
import type { FieldChange } from './state.ts'

const levels = ['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER']

const principalOf = (grant: AccessControl | AccessControlResponse): string =>
  grant.user_name ?? grant.service_principal_name ?? grant.group_name ?? ''

const named = ({ user_name, group_name, service_principal_name }: AccessControlResponse) => ({
  ...(user_name === undefined ? {} : { user_name }),
  ...(group_name === undefined ? {} : { group_name }),
  ...(service_principal_name === undefined ? {} : { service_principal_name }),
})

/** The direct grants, the highest level of each principal; what is inherited from above is not ours to set. */
const directGrants = (acl: readonly AccessControlResponse[]): AccessControl[] =>
  acl.flatMap((entry) => {
    const direct = (entry.all_permissions ?? []).filter(({ inherited }) => inherited !== true)
    const level = direct
      .map(({ permission_level }) => permission_level)
      .sort((a, b) => levels.indexOf(a) - levels.indexOf(b))
      .at(-1)
    return level === undefined ? [] : [{ ...named(entry), permission_level: level }]
  })

const isOwner = ({ permission_level }: AccessControl): boolean => permission_level === 'IS_OWNER'

/** What is to be set: a job has exactly one owner, so the present one stays where none is declared. */
const completeAcl = (
  declared: readonly AccessControl[],
  present: readonly AccessControl[],
): AccessControl[] => {
  const owner = declared.some(isOwner) ? [] : present.filter(isOwner)
  const kept = new Set(owner.map(principalOf))
  return [...owner, ...declared.filter((grant) => !kept.has(principalOf(grant)))]
}

/** The difference, principal by principal, and the whole list to set; no list when nothing differs. */
export const planAcl = (
  declared: readonly AccessControl[] | undefined,
  observed: readonly AccessControlResponse[] | undefined,
): { changes: FieldChange[]; set?: AccessControl[] } => {
  if (declared === undefined) return { changes: [] }
  const present = directGrants(observed ?? [])
  const wanted = completeAcl(declared, present)
  const level = (grants: readonly AccessControl[], who: string) =>
    grants.find((grant) => principalOf(grant) === who)?.permission_level
  const changes = [...new Set([...wanted, ...present].map(principalOf))]
    .sort()
    .map((who) => ({ path: who, old: level(present, who), new: level(wanted, who) }))
    .filter(({ old, new: now }) => old !== now)
  return changes.length === 0 ? { changes } : { changes, set: wanted }
}
