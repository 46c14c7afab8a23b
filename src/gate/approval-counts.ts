import type { Approval } from '../plan/state-evidence.ts'
import type { ApprovalRule } from '../plan/state-policy.ts'
import type { Asked } from './check.ts'
import { ageOf, showHours } from './time.ts'

/** Spellings of one person: `Ada <ada@x>` of Git is `ada@x` of a server. */
const spellings = (user: string): string[] => {
  const whole = user.trim().toLowerCase()
  const mail = /<([^<>]+)>\s*$/.exec(whole)
  return mail ? [mail[1]?.trim() ?? '', whole.slice(0, mail.index).trim()].filter(Boolean) : [whole]
}

export const sameUser = (a: string, b: string): boolean =>
  spellings(a).some((one) => one !== '' && spellings(b).includes(one))

/** Databricks' deployment jobs read a tag that holds the digest's begin: the whole does not fit their screen. */
const shortDigest = 12

const isBound = ({ source, evidence }: Approval, digest: string): boolean => {
  if (digest === '') return false
  if (source !== 'unity_catalog_tag') return evidence === digest
  return evidence.length >= shortDigest && digest.startsWith(evidence)
}

/** Whom a policy lets approve, it names by account: a display name is anybody's to choose. */
const account = (user: string): string => spellings(user)[0] ?? ''

const listed = ({ user, groups = [] }: Approval, from: readonly string[]): boolean =>
  from.some((one) =>
    one.startsWith('group:') ? groups.includes(one.slice(6)) : account(one) === account(user),
  )

const ofTime = ({ at }: Approval, { validHours }: ApprovalRule, now: string): string | undefined => {
  const age = ageOf(at, now)
  if (age === 'unreadable') return `is of no readable time («${at}»)`
  if (age === 'future') return `is of ${at}, which is still to come`
  return validHours !== undefined && !(age.hours <= validHours)
    ? `is ${showHours(age.hours)} old, ${showHours(validHours)} count`
    : undefined
}

const ofPerson = (approval: Approval, rule: ApprovalRule, { evidence }: Asked): string | undefined => {
  const { user } = approval
  if (rule.from.length > 0 && !listed(approval, rule.from))
    return `${user} is not among ${rule.from.join(', ')}`
  const { distinctFrom } = rule
  if (distinctFrom.includes('training_run_user') && sameUser(evidence?.trainer ?? '', user))
    return `${user} trained this model`
  if (distinctFrom.includes('committer') && sameUser(evidence?.committer ?? '', user))
    return `${user} made the commit`
  return undefined
}

const ofSource = ({ source, user }: Approval, rule: ApprovalRule): string | undefined => {
  if (!rule.sources.includes(source)) return `${source} is no source that the policy allows`
  // https://docs.databricks.com/aws/en/mlflow/deployment-job: anybody with APPLY TAG may set it, under no name.
  if (source === 'unity_catalog_tag')
    return rule.from.length + rule.distinctFrom.length > 0
      ? 'Unity Catalog does not say who set the tag, and the policy asks who'
      : undefined
  return user.trim() === '' ? `${source} does not say who approved` : undefined
}

/** Why an approval does not count, as a sentence; undefined: it does. */
export const whyNot = (approval: Approval, rule: ApprovalRule, asked: Asked): string | undefined => {
  const { user, version, place, source } = approval
  const { moment } = asked
  const who = user.trim() === '' ? source : user
  if (version !== moment.candidate?.version || place !== moment.place)
    return `the approval of ${who} is for version ${version} to ${place}`
  if (!isBound(approval, moment.evidence)) return `the approval of ${who} is of other evidence: approve again`
  const time = ofTime(approval, rule, moment.now)
  return (
    ofSource(approval, rule) ?? (time && `the approval of ${who} ${time}`) ?? ofPerson(approval, rule, asked)
  )
}

/** One voice a person, whatever ways it came by; all of tags, which name nobody, are one. */
export const distinctUsers = (approvals: readonly Approval[]): string[] => {
  const users: string[] = []
  for (const { user, source } of approvals) {
    const name = source === 'unity_catalog_tag' ? 'a tag of Unity Catalog' : user
    if (!users.some((one) => sameUser(one, name))) users.push(name)
  }
  return users
}
