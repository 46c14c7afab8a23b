import type { Stage } from '../../wire/registry.ts'
import type { Call } from '../server/call.ts'
import { badValue, Refused } from '../server/refused.ts'
import { demandLevel, levelToMove } from './access.ts'
import { touchModel, type ModelRecord } from './models.ts'
import {
  findVersion,
  setVersion,
  toVersion,
  selectVersions,
  type VersionRecord,
  type VersionRow,
} from './versions.ts'
import { boolean } from './words.ts'

/** What may be left out on an MLflow server must be said in a workspace. @throws Refused 400 */
export const archiveFlag = (call: Call, value: unknown): boolean => {
  const archive = boolean(value, 'archive_existing_versions')
  if (archive === undefined && call.face === 'databricks')
    throw badValue("Missing value for required parameter 'archive_existing_versions'.")
  return archive ?? false
}

const othersIn = (call: Call, { model, number }: VersionRecord, stage: Stage): VersionRecord[] =>
  call.db
    .all<VersionRow>(
      `${selectVersions} WHERE v.model = ? AND v.stage = ? AND v.number != ?`,
      model,
      stage,
      number,
    )
    .map(toVersion)

/**
 * Move a version; with `archive` every other version of that stage is archived in the same transaction.
 * @throws Refused 403; 500 to archive for a stage that is not active, as MLflow servers say it
 */
export const moveTo = (
  call: Call,
  model: ModelRecord,
  version: VersionRecord,
  stage: Stage,
  archive: boolean,
): VersionRecord => {
  demandLevel(call, model, levelToMove(version.stage, stage))
  if (archive && stage !== 'Staging' && stage !== 'Production')
    throw new Refused(
      500,
      'INTERNAL_ERROR',
      `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
    )
  if (archive)
    for (const other of othersIn(call, version, stage)) setVersion(call, other, 'stage', 'Archived')
  setVersion(call, version, 'stage', stage)
  touchModel(call, model.id)
  return findVersion(call.db, version.model, version.number) ?? version
}
