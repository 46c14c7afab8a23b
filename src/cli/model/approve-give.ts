import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { Fail } from '../../errors.ts'
import { sameUser } from '../../gate/approval-counts.ts'
import type { ApprovalRule } from '../../plan/state-policy.ts'
import { approvalTag, approvedWords, approvingWords } from './approvals-rule.ts'
import type { Matter } from './approve-judge.ts'
import { publicKey, sign, signatureFault } from './signed-keygen.ts'
import { approvalsFolder, readStatement, signersOf, stemOf, type SignedStatement } from './signed.ts'

/**
 * File the transition request that is the approval, in place of an earlier one of the same person.
 * @throws what the registry throws
 */
export const fileRequest = async (
  { model, version: { version }, place, bundle }: Matter,
  user: string,
  comment: string | undefined,
): Promise<void> => {
  const { registry, policy } = model
  const { requests } = registry
  if (requests === undefined) return
  const words = approvingWords(bundle.digest)
  const open = await requests.list(policy.name, version)
  const earlier = open.find((one) => one.place === place && sameUser(one.user, user))
  if (earlier) await requests.cancel(policy.name, version, place, earlier.user)
  await requests.create(policy.name, version, place, comment === undefined ? words : `${words}\n${comment}`)
}

/** The tag that deployment jobs of Databricks look at; the digest binds it: https://docs.databricks.com/mlflow/deployment-job */
export const setTag = async ({ model, version, bundle }: Matter): Promise<void> => {
  const value = approvedWords(bundle.digest)
  await model.registry.setVersionTag(model.policy.name, version.version, approvalTag, value)
}

const askOf = ({ model, version, place, bundle }: Matter) => ({
  run: model.session.run,
  root: model.session.project.root,
  policy: model.policy,
  version: version.version,
  place,
  digest: bundle.digest,
})

/** Users of a line of the allowed signers that name nobody by a pattern. https://man.openbsd.org/ssh-keygen.1#ALLOWED_SIGNERS */
const usersOf = (line: string): string[] => {
  const principals = /^\s*(?:"([^"]*)"|(\S+))/.exec(line)
  return (principals?.[1] ?? principals?.[2] ?? '')
    .split(',')
    .filter((one) => one !== '' && !/[*?!]/.test(one))
}

/**
 * The user that a key signs for, by the allowed signers: whoever alone is named there.
 * @throws Fail APPROVER_REFUSED, SIGNING_FAILED, SIGNATURE_TOOL_MISSING
 */
export const signerOf = async (matter: Matter, key: string, me: string): Promise<string> => {
  const { run, root, ...rest } = askOf(matter)
  const signers = signersOf({ root, ...rest })
  const path = relative(root, signers)
  const text = await readFile(signers, 'utf8').catch(() => '')
  const body = await publicKey(run.world, resolve(run.world.cwd, key))
  const lines = text.split('\n').filter((line) => !line.trim().startsWith('#') && line.includes(body))
  const users = [...new Set(lines.flatMap(usersOf))]
  const [user, ...others] = users
  if (user !== undefined && others.length === 0) return user
  const why =
    users.length === 0
      ? `the key is not in ${path}`
      : `${path} names several for the key (${users.join(', ')})`
  const line = `the line «${me} ${body}» to ${path}`
  const hint = `${others.length > 0 ? 'leave one of them, or take a key of your own: add' : 'add'} ${line}, and have it reviewed and merged`
  throw new Fail('APPROVER_REFUSED', { user: me, why, hint })
}

/** A file that is somebody else's stays: the next has the name of its user. */
const pathFor = async (matter: Matter, user: string): Promise<string> => {
  const { root, ...rest } = askOf(matter)
  const plain = join(approvalsFolder(root), `${stemOf(rest)}.json`)
  const content = await readFile(plain, 'utf8').catch(() => undefined)
  const statement = content === undefined ? undefined : readStatement(content)
  const others =
    typeof statement === 'object' &&
    statement.evidence === matter.bundle.digest &&
    !sameUser(statement.user, user)
  if (!others) return plain
  const name = user.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return join(approvalsFolder(root), `${stemOf(rest)}.${name}.json`)
}

/**
 * Write and sign the statement: both files are there at the end, or none is new.
 * @returns their paths
 * @throws Fail SIGNING_FAILED, SIGNATURE_TOOL_MISSING
 */
export const signFile = async (matter: Matter, key: string, user: string): Promise<string[]> => {
  const { model, version, place, bundle, moment } = matter
  const { world } = model.session.run
  const of = { model: model.policy.name, version: version.version, place, evidence: bundle.digest }
  const statement: SignedStatement = { ...of, user, at: moment.now }
  const content = `${JSON.stringify(statement, null, 2)}\n`
  const signed = await sign(world, resolve(world.cwd, key), content)
  const path = await pathFor(matter, user)
  const signature = `${path}.sig`
  const parts = [`${path}.part`, `${signature}.part`] as const
  await mkdir(approvalsFolder(model.session.project.root), { recursive: true })
  try {
    await Promise.all([writeFile(parts[0], content), writeFile(parts[1], signed)])
    const signers = signersOf(askOf(matter))
    const fault = await signatureFault(world, { content, signature: parts[1], signers, user })
    if (fault !== undefined)
      throw new Fail('SIGNING_FAILED', { key, why: `what it signs does not hold: ${fault}` })
    await rename(parts[1], signature)
    await rename(parts[0], path)
  } finally {
    await Promise.all(parts.map((part) => rm(part, { force: true })))
  }
  return [path, signature]
}

/** Where approvals of this kind go. @throws Fail USAGE when the policy takes none that can be given here */
export const wayOf = (
  { model }: Pick<Matter, 'model'>,
  rule: ApprovalRule,
  key: string | undefined,
): 'transition_request' | 'unity_catalog_tag' | 'signed_file' => {
  const { registry, policy } = model
  const has = (source: ApprovalRule['sources'][number]) => rule.sources.includes(source)
  if (key !== undefined) {
    if (has('signed_file')) return 'signed_file'
    const hint = `its sources are ${rule.sources.join(', ')}`
    throw new Fail('USAGE', { what: `${policy.file} takes no signed files`, hint })
  }
  if (registry.requests && has('transition_request')) return 'transition_request'
  if (registry.kind === 'unity-catalog' && has('unity_catalog_tag')) return 'unity_catalog_tag'
  const hint = has('signed_file')
    ? 'sign it: --sign <private key of OpenSSH>'
    : 'approve the deployment on the CI host: Brickrail reads it there'
  throw new Fail('USAGE', { what: 'this registry has no place for an approval', hint })
}
