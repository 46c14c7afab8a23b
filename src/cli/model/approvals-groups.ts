import type { ApprovalRule } from '../../plan/state-policy.ts'
import type { Approval } from '../../plan/state-evidence.ts'
import { Fail } from '../../errors.ts'
import { sameUser } from '../../gate/approval-counts.ts'
import type { Me } from '../../wire/identity.ts'
import type { Session } from '../session.ts'

export const groupNames = ({ groups }: Pick<Me, 'groups'>): string[] | undefined =>
  groups?.flatMap(({ display }) => (display === undefined ? [] : [display]))

const asksForGroups = ({ from }: ApprovalRule): boolean => from.some((one) => one.startsWith('group:'))

const lookUp = async ({ client }: Session, user: string): Promise<string[] | { why: string }> => {
  if (/["\\]/.test(user)) return { why: 'the name cannot be looked up' }
  try {
    const { Resources: found = [] } = await client.identity.users({ filter: `userName eq "${user}"` })
    const [one] = found.filter(({ userName }) => sameUser(userName, user))
    if (one === undefined) return { why: 'the workspace knows no such user' }
    return groupNames(one) ?? { why: 'only admins of the workspace are told the groups of others' }
  } catch (error) {
    if (error instanceof Fail && error.code === 'PERMISSION_DENIED') return { why: error.message }
    throw error
  }
}

/**
 * The groups of those who approved, where the policy asks for some. What the workspace does not tell is left out, and said: such an
 * approval then is of nobody's group.
 */
export const withGroups = async (
  session: Session,
  me: Me,
  rule: ApprovalRule,
  approvals: readonly Approval[],
): Promise<Approval[]> => {
  if (!asksForGroups(rule)) return [...approvals]
  return await Promise.all(
    approvals.map(async (approval) => {
      const { user } = approval
      const own = sameUser(user, me.userName) ? groupNames(me) : undefined
      const found = own ?? (await lookUp(session, user))
      if (Array.isArray(found)) return { ...approval, groups: found }
      const text = `the groups of ${user} are not known: ${found.why}; so the approval counts for no group`
      const hint =
        'make the identity that promotes an admin of the workspace, or name people in `approvals.from`'
      session.run.emit({ type: 'notice', level: 'warning', text, hint })
      return approval
    }),
  )
}
