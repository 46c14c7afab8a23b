import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { Fail } from '../../errors.ts'
import { evidencePath, promotionsFolder } from '../../ledger/model-places.ts'
import { canonical } from '../../plan/canonical.ts'
import type { Evidence } from '../../plan/state-evidence.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import type { ModelSession } from './open.ts'

export interface Bundle {
  evidence: Evidence
  /** sha256 of its canonical JSON, hex. */
  digest: string
}

/** Tags of a version that Brickrail sets. */
export const evidenceTags = {
  evidence: 'brickrail_evidence',
  verdict: 'brickrail_verdict',
  commit: 'brickrail_commit',
} as const

/** sha256 of canonical JSON, hex: equal evidence, equal digest. */
export const digestOf = (evidence: Evidence): string =>
  createHash('sha256').update(canonical(evidence)).digest('hex')

const texts = v.record(v.string(), v.string())
const numbers = v.record(v.string(), v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]))
const measured = v.looseObject({ metrics: numbers, slices: v.record(v.string(), v.unknown()) })
const signature = v.object({
  inputs: v.optional(v.string()),
  outputs: v.optional(v.string()),
  params: v.optional(v.string()),
})

/** As far as what is judged would break on something else. */
const shape = v.looseObject({
  version: v.literal(1),
  model: v.looseObject({ key: v.string(), name: v.string(), version: v.string(), status: v.string() }),
  policy: v.string(),
  at: v.string(),
  lineage: texts,
  logged: numbers,
  tags: texts,
  tests: v.array(v.looseObject({ suite: v.string(), commit: v.string(), tests: v.number() })),
  signature: v.optional(signature),
  championSignature: v.optional(signature),
  evaluation: v.optional(
    v.looseObject({
      at: v.string(),
      dataset: v.looseObject({ path: v.string(), digest: v.string(), rows: v.number() }),
      rule: v.optional(v.looseObject({ label: v.string(), task: v.string() })),
      candidate: measured,
      champion: v.optional(measured),
    }),
  ),
})

const invalid = ({ policy }: ModelSession, version: string, why: string): Fail =>
  new Fail('EVIDENCE_INVALID', { model: policy.name, version, why })

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}

const read = async ({ session, policy }: ModelSession, digest: string): Promise<Uint8Array | undefined> =>
  await session.client.workspace.read(evidencePath(session.place, policy.key, digest))

const checked = (model: ModelSession, version: string, digest: string, bytes: Uint8Array): Evidence => {
  const value = parsed(bytes)
  if (value === undefined) throw invalid(model, version, 'what is stored is not whole')
  if (createHash('sha256').update(canonical(value)).digest('hex') !== digest)
    throw invalid(model, version, 'what is stored was changed: its digest is not that of the version')
  if (!v.safeParse(shape, value).success)
    throw invalid(model, version, 'it is not of a form that is known here')
  const evidence = value as unknown as Evidence
  const { name, version: of } = evidence.model
  if (name === model.policy.name && of === version) return evidence
  throw invalid(model, version, `it is that of version ${of} of ${name}`)
}

const look = async (model: ModelSession, version: string, digest: string): Promise<Bundle> => {
  const bytes = await read(model, digest)
  if (bytes === undefined) throw invalid(model, version, `the bundle ${digest.slice(0, 12)} is not there`)
  return { evidence: checked(model, version, digest, bytes), digest }
}

/**
 * The evidence of a version, as its tag names it; undefined when it was never evaluated.
 * @throws Fail EVIDENCE_INVALID when what is stored does not fit its digest or version, or is gone
 */
export const storedBundle = async (
  model: ModelSession,
  { version, tags }: Pick<VersionInfo, 'version' | 'tags'>,
): Promise<Bundle | undefined> => {
  const digest = tags[evidenceTags.evidence]
  if (digest === undefined || digest === '') return undefined
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw invalid(model, version, `its tag «${digest.slice(0, 80)}» is no digest`)
  try {
    return await look(model, version, digest)
  } catch (error) {
    if (!(error instanceof Fail) || error.code !== 'EVIDENCE_INVALID') throw error
    // Raw bytes do not show that an answer was cut off: only a second look tells that from evidence that was tampered with.
    return await look(model, version, digest)
  }
}

/** The tag is what counts: it is read back. */
const setTags = async (
  { registry, policy }: ModelSession,
  version: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> => {
  for (const [key, value] of Object.entries(tags))
    await registry.setVersionTag(policy.name, version, key, value)
  const there = (await registry.version(policy.name, version))?.tags ?? {}
  const lost = Object.entries(tags).find(([key, value]) => there[key] !== value)
  if (lost !== undefined)
    throw new Fail('NOT_APPLIED', {
      what: `the tag ${lost[0]} of version ${version} of ${policy.name} is not set`,
    })
}

/** Keep the evidence beside the promotions of its model; nothing names it yet. */
export const keepBundle = async ({ session, policy }: ModelSession, evidence: Evidence): Promise<Bundle> => {
  const { client, place } = session
  const digest = digestOf(evidence)
  await client.workspace.mkdirs({ path: `${promotionsFolder(place, policy.key)}/evidence` })
  await client.workspace.upload({
    path: evidencePath(place, policy.key, digest),
    format: 'RAW',
    overwrite: true,
    content: Buffer.from(canonical(evidence)),
  })
  return { evidence, digest }
}

/**
 * Name a bundle as the evidence of its version; what it is judged comes with it. Approvals of other evidence no longer count.
 * @throws Fail NOT_APPLIED
 */
export const nameBundle = async (
  model: ModelSession,
  version: string,
  { digest, evidence }: Bundle,
  verdict?: string,
): Promise<void> => {
  await setTags(model, version, {
    ...(evidence.commit === undefined ? {} : { [evidenceTags.commit]: evidence.commit }),
    ...(verdict === undefined ? {} : { [evidenceTags.verdict]: verdict }),
    // Last: a version that has it was evaluated as a whole.
    [evidenceTags.evidence]: digest,
  })
}
