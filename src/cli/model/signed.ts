import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { Approval } from '../../plan/state-evidence.ts'
import type { ModelPolicy, Place } from '../../plan/state-policy.ts'
import type { Run } from '../script.ts'
import { signatureFault } from './signed-keygen.ts'

/** What a signed file says. The signature covers its bytes. */
export interface SignedStatement {
  model: string
  version: string
  place: Place
  /** Digest of the evidence, hex. */
  evidence: string
  /** As the allowed signers have it. */
  user: string
  /** ISO 8601 */
  at: string
}

/** Whose files, of what. `root` holds pipelines/. */
export interface SignedAsk {
  run: Pick<Run, 'world' | 'emit'>
  root: string
  policy: ModelPolicy
  version: string
  place: Place
  digest: string
}

export const approvalsFolder = (root: string): string => join(root, 'pipelines', 'approvals')

/** Name of the files of one version and place, without ending; further people have `<stem>.<name>`. */
export const stemOf = ({ policy, version, place }: Omit<SignedAsk, 'run' | 'root' | 'digest'>): string =>
  `${policy.key}-v${version}-${place}`

export const signersOf = ({ root, policy, place }: Pick<SignedAsk, 'root' | 'policy' | 'place'>): string =>
  resolve(root, policy.approvals[place]?.signers ?? 'pipelines/approvals/allowed_signers')

/** Another application's file, or a mistake, is nothing to read into memory. bytes */
const mostBytes = 64 * 1024

const fields = ['model', 'version', 'place', 'evidence', 'user', 'at'] as const

/** The statement in a file; a text: what is wrong with it. */
export const readStatement = (content: string): SignedStatement | string => {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    return 'it is no JSON'
  }
  if (typeof value !== 'object' || value === null) return 'it is no JSON object'
  const given = value as Record<string, unknown>
  const lacking = fields.find((name) => typeof given[name] !== 'string' || given[name] === '')
  if (lacking !== undefined) return `it has no ${lacking}`
  const unknown = Object.keys(given).find((name) => !fields.some((field) => field === name))
  if (unknown !== undefined) return `${unknown} is unknown`
  const statement = value as SignedStatement
  return Number.isNaN(Date.parse(statement.at)) ? `at is no time: ${statement.at}` : statement
}

const contentOf = async (path: string): Promise<string | undefined> => {
  try {
    const bytes = await readFile(path)
    return bytes.length > mostBytes ? undefined : bytes.toString('utf8')
  } catch {
    return undefined
  }
}

/** What a statement is of that is none of this; undefined when it fits. */
const misfit = (statement: SignedStatement, ask: SignedAsk): string | undefined => {
  const { policy, version, place, digest, run } = ask
  if (statement.model !== policy.name || statement.version !== version || statement.place !== place)
    return `it is of version ${statement.version} of ${statement.model} to ${statement.place}`
  if (statement.evidence.toLowerCase() !== digest)
    return `it was signed over other evidence (${statement.evidence.slice(0, 12)}, and this is ${digest.slice(0, 12)})`
  return Date.parse(statement.at) > run.world.clock.now() + skewMs ? 'its time is in the future' : undefined
}

/** Clocks of two machines. */
const skewMs = 5 * 60_000

const checked = async (ask: SignedAsk, path: string): Promise<SignedStatement | string> => {
  const content = await contentOf(path)
  if (content === undefined) return 'it cannot be read, or is longer than 64 KiB'
  const statement = readStatement(content)
  if (typeof statement === 'string') return statement
  const wrong = misfit(statement, ask)
  if (wrong !== undefined) return wrong
  const signature = `${path}.sig`
  if ((await contentOf(signature)) === undefined)
    return `there is no signature ${relative(ask.root, signature)}`
  const signers = signersOf(ask)
  if ((await contentOf(signers)) === undefined)
    return `the allowed signers ${relative(ask.root, signers)} cannot be read`
  const { user } = statement
  return (await signatureFault(ask.run.world, { content, signature, signers, user })) ?? statement
}

/** Paths of the approval files of this version and place, whoever they are of. */
const signedFiles = async (ask: Omit<SignedAsk, 'digest' | 'run'>): Promise<string[]> => {
  const folder = approvalsFolder(ask.root)
  const stem = stemOf(ask)
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name === `${stem}.json` || (name.startsWith(`${stem}.`) && name.endsWith('.json')))
    .toSorted()
    .map((name) => join(folder, name))
}

/** Approvals in signed files of the checkout. What does not count is said, with its reason. */
export const signedApprovals = async (ask: SignedAsk): Promise<Approval[]> => {
  const found: Approval[] = []
  for (const path of await signedFiles(ask)) {
    const said = await checked(ask, path)
    if (typeof said !== 'string') {
      const { user, evidence, version, place, at } = said
      found.push({ user, source: 'signed_file', evidence: evidence.toLowerCase(), version, place, at })
      continue
    }
    const text = `the approval ${relative(ask.root, path)} does not count: ${said}`
    const hint = 'sign again: `brickrail approve --sign <key>`, and commit both files'
    ask.run.emit({ type: 'notice', level: 'warning', text, hint })
  }
  return found
}
