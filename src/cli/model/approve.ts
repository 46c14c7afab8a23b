import { relative } from 'node:path'
import { Fail } from '../../errors.ts'
import { sameUser, whyNot } from '../../gate/approval-counts.ts'
import type { ApprovalRule, Place } from '../../plan/state-policy.ts'
import type { Session } from '../session.ts'
import { groupNames } from './approvals-groups.ts'
import { ruleFor } from './approvals-rule.ts'
import { fileRequest, setTag, signerOf, signFile, wayOf } from './approve-give.ts'
import { intended, matterOf, mayApprove, type Matter } from './approve-judge.ts'
import { namedVersion, onePolicy } from './chosen.ts'
import { consentData, consentText, type Consent, type Given } from './approve-text.ts'
import { emptyAsAbsent, openModel, type ModelSession } from './open.ts'

/** The one model, place and version that the command line means. @throws Fail USAGE */
export const asked = async (
  session: Session,
): Promise<{ model: ModelSession; place: Place; version: string | undefined }> => {
  const policy = onePolicy(session)
  const place = session.run.values['to'] === 'staging' ? 'staging' : 'production'
  return { model: await openModel(session, policy), place, version: namedVersion(session, [policy]) }
}

/** An approval that still counts, by the same person for the same evidence. */
const hasApproved = (matter: Matter, rule: ApprovalRule, user: string): boolean => {
  const { model, bundle, moment } = matter
  const about = { policy: model.policy, evidence: bundle.evidence, moment }
  return moment.approvals.some(
    (one) =>
      (one.source === 'unity_catalog_tag' || sameUser(one.user, user)) &&
      whyNot(one, rule, about) === undefined,
  )
}

const give = async (
  matter: Matter,
  way: Exclude<Given, 'already'>,
  { user, key, comment }: { user: string; key: string | undefined; comment: string | undefined },
): Promise<string[]> => {
  if (way === 'transition_request') await fileRequest(matter, user, comment)
  if (way === 'unity_catalog_tag') await setTag(matter)
  return way === 'signed_file' && key !== undefined ? await signFile(matter, key, user) : []
}

/**
 * Approve that a version goes to a place, as this identity or key, bound to the evidence that is shown.
 * @throws Fail USAGE, GATE_REFUSED, EVIDENCE_INVALID, APPROVER_REFUSED, NO_CANDIDATE, SIGNING_FAILED
 */
export const approve = async (session: Session): Promise<void> => {
  const { run, project, client } = session
  const { model, place, version } = await asked(session)
  const rule = ruleFor(model.policy, place)
  if (rule === undefined) {
    const hint = `ask for it in ${model.policy.file}: approvals`
    throw new Fail('USAGE', { what: `nobody has to approve ${place} of ${model.policy.key}`, hint })
  }
  const [key, comment] = [emptyAsAbsent(run.values['sign']), emptyAsAbsent(run.values['comment'])]
  const way = wayOf({ model }, rule, key)
  const matter = await matterOf(model, place, version)
  const me = await client.identity.me({})
  const user = key === undefined ? me.userName : await signerOf(matter, key, me.userName)
  const groups = sameUser(user, me.userName) ? groupNames(me) : undefined
  mayApprove(matter, rule, intended(matter, way, { user, groups }))
  const given: Given = hasApproved(matter, rule, user) ? 'already' : way
  const files = given === 'already' ? [] : await give(matter, way, { user, key, comment })
  const { policy } = model
  const names = files.map((path) => relative(project.root, path))
  const { bundle } = matter
  const consent: Consent = { policy, rule, version: matter.version, place, bundle, user, given, files: names }
  run.emit({ type: 'result', data: consentData(consent), text: consentText(consent) })
}
