import { sameUser } from '../../gate/approval-counts.ts'
import type { Distinct } from '../../plan/state-policy.ts'
import type { Evidence } from '../../plan/state-evidence.ts'
import type { JobApproval } from '../../host/host.ts'

/** The address of `Ada <ada@example.com>`; case does not count. */
const bareName = (name: string): string => (/<([^<>]+)>\s*$/.exec(name)?.[1] ?? name).trim().toLowerCase()

const words: Readonly<Record<Distinct, string>> = {
  training_run_user: 'who trained it',
  committer: 'who committed it',
}

/** Those who may not approve, with what they have done; `undefined` as a name: the evidence does not tell. */
export const barred = (
  evidence: Evidence,
  distinct: readonly Distinct[],
): { name: string | undefined; why: string }[] =>
  distinct.map((one) => ({
    name: one === 'committer' ? evidence.committer : evidence.trainer,
    why: words[one],
  }))

/** The account in an address by which a CI host hides the real one: `12+ada@users.noreply.github.com`. */
const hiddenLogin = (name: string): string | undefined =>
  /^(?:\d+[+-])?([^@]+)@users\.noreply\.[^@]+$/.exec(bareName(name))?.[1]

const isPerson = (name: string): boolean => bareName(name).includes('@')

/** Whether an account of a CI host is that person; undefined: cannot be told. */
const isAccountOf = ({ user, emails }: JobApproval, person: string): boolean | undefined => {
  if ([user, ...emails].some((name) => sameUser(name, person))) return true
  const login = hiddenLogin(person)
  if (login !== undefined) return login === user.toLowerCase()
  // Service principals have no account there, and no address.
  if (!isPerson(person) || emails.length > 0) return false
  return undefined
}

/**
 * By which name an approval of a CI host is judged: that of a barred person if it is one, else as the policy has it, else the
 * e-mail address. `unsure`: a barred person that it might be, as the host tells no address.
 */
export const nameOnRecord = (
  approval: JobApproval,
  people: readonly (string | undefined)[],
  from: readonly string[],
): { name: string } | { unsure: string } => {
  const known = people.flatMap((person) => (person === undefined ? [] : [person]))
  const same = known.find((person) => isAccountOf(approval, person) === true)
  if (same !== undefined) return { name: bareName(same) }
  const unsure = known.find((person) => isAccountOf(approval, person) === undefined)
  if (unsure !== undefined) return { unsure }
  const names = [...approval.emails, approval.user]
  return { name: names.find((name) => from.some((one) => sameUser(one, name))) ?? names[0] ?? approval.user }
}
