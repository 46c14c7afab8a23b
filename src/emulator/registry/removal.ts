import type { Call } from '../server/call.ts'
import { badState } from '../server/refused.ts'
import type { ModelRecord } from './models.ts'
import { dropVersion, latestVersions, type VersionRecord } from './versions.ts'

const serves = ({ stage }: VersionRecord): boolean => stage === 'Staging' || stage === 'Production'

const inUse = (what: string, { number, stage }: VersionRecord) =>
  badState(
    `${what} cannot be deleted while version ${number} is in stage ${stage}. Move it to None or Archived first.`,
  )

/**
 * A workspace deletes neither models nor versions that are in Staging or Production:
 * https://docs.databricks.com/machine-learning/manage-model-lifecycle/workspace-model-registry#delete-a-model-or-model-version
 * @throws Refused 400 INVALID_STATE
 */
export const checkDeletable = (call: Call, model: ModelRecord): void => {
  if (model.registry !== 'workspace') return
  const used = latestVersions(call.db, model.id).find(serves)
  if (used !== undefined) throw inUse(`Registered model ${model.name}`, used)
}

/** @throws Refused 400 INVALID_STATE in a workspace */
export const dropVersionOf = (call: Call, model: ModelRecord, version: VersionRecord): void => {
  if (model.registry === 'workspace' && serves(version))
    throw inUse(`Version ${version.number} of ${model.name}`, version)
  dropVersion(call, version)
}
