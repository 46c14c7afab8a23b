import type { ModelPermission } from '../../wire/registry-databricks.ts'
import type { Stage } from '../../wire/registry.ts'
import { allows, kinds, kindOfPrincipal, putGrant } from '../acl.ts'
import type { Call } from '../server/call.ts'
import { denied } from '../server/refused.ts'
import { existingModel, type ModelRecord } from './models.ts'
import { versionNumber } from './words.ts'
import { existingVersion, type VersionRecord } from './versions.ts'

const objectOf = ({ id }: ModelRecord): string => `/registered-models/${id}`

const isLevel = (level: string): level is ModelPermission =>
  kinds['registered-models']?.levels[level] !== undefined

/** Weakest first: https://docs.databricks.com/security/auth/access-control#mlflow-models */
const levels: readonly ModelPermission[] = Object.keys(kinds['registered-models']?.levels ?? {}).filter(
  isLevel,
)

/** Whether the caller has at least that level. A plain MLflow server has no permissions. */
export const may = (call: Call, model: ModelRecord, level: ModelPermission): boolean =>
  model.registry === 'mlflow' || allows(call, 'registered-models', [objectOf(model)], level)

/** The highest level of the caller. */
export const levelOf = (call: Call, model: ModelRecord): ModelPermission | undefined =>
  levels.findLast((level) => may(call, model, level))

/** @throws Refused 403: who lacks what on which model */
export const demandLevel = (call: Call, model: ModelRecord, level: ModelPermission): void => {
  if (may(call, model, level)) return
  throw denied(
    `PERMISSION_DENIED: ${call.me.user} does not have ${level} permission on registered model ${model.name} with ID ${model.id}.`,
  )
}

/** The model of that name, which the caller may use so. @throws Refused 400, 403, 404 */
export const modelFor = (call: Call, name: string, level: ModelPermission): ModelRecord => {
  const model = existingModel(call, name)
  demandLevel(call, model, level)
  return model
}

/**
 * The version of an input's `name` and `version`, which the caller may use so.
 * @throws Refused 400, 403, 404: for a missing model as for a missing version, as MLflow servers answer
 */
export const versionFor = (
  call: Call,
  name: string,
  version: unknown,
  level: ModelPermission,
): { model: ModelRecord; version: VersionRecord } => {
  const number = versionNumber(version)
  const model = modelFor(call, name, level)
  return { model, version: existingVersion(call, model, number) }
}

/** Who may move a version between two stages, approve or reject that. */
export const levelToMove = (from: Stage, to: Stage): ModelPermission =>
  from === 'Production' || to === 'Production'
    ? 'CAN_MANAGE_PRODUCTION_VERSIONS'
    : 'CAN_MANAGE_STAGING_VERSIONS'

/** Whoever makes a model in a workspace manages it. */
export const grantToCreator = (call: Call, model: ModelRecord): void => {
  if (model.registry !== 'workspace') return
  const { me, db } = call
  putGrant(db, objectOf(model), {
    kind: kindOfPrincipal(me),
    principal: me.user,
    level: 'CAN_MANAGE',
  })
}
