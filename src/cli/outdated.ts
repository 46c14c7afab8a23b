import { detectHost } from '../host/detect.ts'
import type { DeploymentRecord, Owner } from '../ledger/record.ts'
import type { World } from './script.ts'

type RunOf = Owner['run']

const isLater = (one: RunOf, other: RunOf): boolean =>
  one !== undefined &&
  other !== undefined &&
  one.host === other.host &&
  [one.id, other.id].every((id) => /^\d+$/.test(id)) &&
  BigInt(one.id) > BigInt(other.id)

/**
 * Why this run must not deploy any more: a later pipeline of the same CI host has been at the target. Its commit is a later one,
 * so an old pipeline that waited for the lock, or is run again, would put older files over newer ones. CI hosts number their
 * pipelines upwards (CI_PIPELINE_ID, BUILD_BUILDID, GITHUB_RUN_ID).
 * @param records the newest ones, newest first
 */
export const outdatedBy = (records: readonly DeploymentRecord[], { env }: World): string | undefined => {
  const { host, runId, commit: mine } = detectHost(env)
  if (host === 'local' || runId === undefined) return undefined
  // One push may start several pipelines (Azure DevOps): those of one commit are of one age.
  const later = records.find(
    ({ owner }) => isLater(owner.run, { host, id: runId }) && (mine === undefined || owner.commit !== mine),
  )
  if (later === undefined) return undefined
  const { number, owner } = later
  const from = owner.pipelineUrl ?? `pipeline ${owner.run?.id}`
  const commit = owner.commit === undefined ? '' : ` of commit ${owner.commit.slice(0, 8)}`
  return `this pipeline is outdated: deployment #${number}${commit} came from a later one, ${from}`
}
