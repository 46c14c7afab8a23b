import { modelsEnvironment } from '../../ci/built-in.ts'
import { openHost } from '../../host/open.ts'
import type { JobApproval } from '../../host/host.ts'
import type { Approval, Evidence } from '../../plan/state-evidence.ts'
import type { ApprovalRule } from '../../plan/state-policy.ts'
import { hostTools } from '../host-tools.ts'
import type { Session } from '../session.ts'
import { barred, nameOnRecord } from './approvals-people.ts'

/** What approvals are wanted for. */
export interface Asked {
  rule: ApprovalRule
  evidence: Evidence
  approval: Omit<Approval, 'user' | 'source' | 'at' | 'groups'>
}

/** When the numbers were made that people approve; tests that were added later change none of them. */
const madeAt = ({ evaluation, at }: Evidence): string => evaluation?.at ?? at

const fault = (one: JobApproval, { evidence, rule }: Asked): string | { name: string } => {
  if (one.vague !== true && Date.parse(one.at) < Date.parse(madeAt(evidence)))
    return `it was given at ${one.at}, before the evidence was made (${madeAt(evidence)})`
  const people = barred(evidence, rule.distinctFrom).map(({ name }) => name)
  const found = nameOnRecord(one, people, rule.from)
  if ('name' in found) return found
  return `the CI host tells no e-mail address of ${one.user}, who might be ${found.unsure}`
}

/**
 * Who has approved this CI job, as its host reports. It carries no digest: what binds it is that the evidence is that which
 * this very job judges, and that it is older than the approval.
 */
export const hostApprovals = async (session: Session, asked: Asked): Promise<Approval[]> => {
  const { run, place } = session
  const say = (text: string, hint?: string) =>
    run.emit({ type: 'notice', level: 'warning', text, ...(hint === undefined ? {} : { hint }) })
  const { pipeline, context } = openHost(run.world.env)
  if (context.host === 'local') return []
  const found = await pipeline.approvals(hostTools(run), modelsEnvironment(place.target))
  if ('none' in found) {
    say(`the CI host tells of no approval: ${found.none}`, found.hint)
    return []
  }
  return found.approvals.flatMap((one): Approval[] => {
    const judged = fault(one, asked)
    if (typeof judged !== 'string')
      return [{ ...asked.approval, user: judged.name, source: 'ci_environment', at: one.at }]
    const hint = 'let the account show its address, or approve with `brickrail approve`'
    say(`that ${one.user} ${one.what} does not count: ${judged}`, hint)
    return []
  })
}
