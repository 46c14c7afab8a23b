/** Transition requests: whoever may read a model may ask for a move, whoever may move it says yes or no. */
import { randomUUID } from 'node:crypto'
import type { Activity, ActivityType, TransitionRequest } from '../../wire/registry-databricks.ts'
import type { Stage } from '../../wire/registry.ts'
import type { Call } from '../server/call.ts'
import { absent, denied, Refused } from '../server/refused.ts'
import type { Store } from '../server/store.ts'
import { levelToMove, may } from './access.ts'
import type { ModelRecord } from './models.ts'
import type { VersionRecord } from './versions.ts'

interface RequestRow {
  stage: Stage
  user: string
  id: string
  created: number
  comment: string
  /** Stage of the version when it was asked for. */
  origin: Stage
}

/** Open ones, oldest first. */
const requestsOf = (db: Store, { model, number }: VersionRecord): RequestRow[] =>
  db.all<RequestRow>(
    'SELECT * FROM transition_requests WHERE model = ? AND number = ? ORDER BY created, user, stage',
    model,
    number,
  )

/** What the caller may do with it. */
const actionsOf = (call: Call, model: ModelRecord, version: VersionRecord, request: RequestRow): string[] => {
  const decides = may(call, model, levelToMove(version.stage, request.stage))
  return [
    ...(decides ? ['APPROVE_TRANSITION_REQUEST', 'REJECT_TRANSITION_REQUEST'] : []),
    ...(decides || request.user === call.me.user ? ['CANCEL_TRANSITION_REQUEST'] : []),
  ]
}

const show = (
  call: Call,
  model: ModelRecord,
  version: VersionRecord,
  request: RequestRow,
): TransitionRequest => {
  const actions = actionsOf(call, model, version, request)
  return {
    id: request.id,
    activity_type: 'REQUESTED_TRANSITION',
    creation_timestamp: request.created,
    last_updated_timestamp: request.created,
    from_stage: request.origin,
    to_stage: request.stage,
    user_id: request.user,
    ...(request.comment === '' ? {} : { comment: request.comment }),
    ...(actions.length === 0 ? {} : { available_actions: actions }),
  }
}

export const openRequests = (call: Call, model: ModelRecord, version: VersionRecord): TransitionRequest[] =>
  requestsOf(call.db, version).map((request) => show(call, model, version, request))

/** @throws Refused 400 when the caller has asked for the same already */
export const fileRequest = (
  call: Call,
  model: ModelRecord,
  version: VersionRecord,
  stage: Stage,
  comment: string,
): TransitionRequest => {
  const { db, me, now } = call
  if (requestsOf(db, version).some((one) => one.user === me.user && one.stage === stage))
    throw new Refused(
      400,
      'RESOURCE_ALREADY_EXISTS',
      `${me.user} has already requested the transition of version ${version.number} of ${model.name} to ${stage}.`,
    )
  const request = {
    stage,
    user: me.user,
    id: randomUUID().replaceAll('-', ''),
    created: now,
    comment,
    origin: version.stage,
  }
  const insert = 'INSERT INTO transition_requests VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
  db.run(insert, model.id, version.number, stage, me.user, request.id, now, comment, version.stage)
  return show(call, model, version, request)
}

/** What has happened, as the answer tells it. */
export const activityOf = (
  call: Call,
  type: ActivityType,
  from: Stage,
  to: Stage,
  comment: string,
): Activity => ({
  id: randomUUID().replaceAll('-', ''),
  activity_type: type,
  creation_timestamp: call.now,
  last_updated_timestamp: call.now,
  from_stage: from,
  to_stage: to,
  user_id: call.me.user,
  ...(comment === '' ? {} : { comment }),
})

/**
 * Close the open requests to that stage.
 * @param creator only his one
 * @throws Refused 404 when there is none
 */
export const closeRequests = (call: Call, version: VersionRecord, stage: Stage, creator?: string): void => {
  const found = requestsOf(call.db, version).filter(
    (one) => one.stage === stage && (creator === undefined || one.user === creator),
  )
  if (found.length === 0)
    throw absent(
      `There is no open request${creator === undefined ? '' : ` of ${creator}`} to move version ${version.number} of ${version.name} to ${stage}.`,
    )
  for (const { user } of found)
    call.db.run(
      'DELETE FROM transition_requests WHERE model = ? AND number = ? AND stage = ? AND user = ?',
      version.model,
      version.number,
      stage,
      user,
    )
}

/** A request is cancelled by who filed it, or by who could approve it. @throws Refused 403 */
export const checkCancel = (
  call: Call,
  model: ModelRecord,
  version: VersionRecord,
  stage: Stage,
  creator: string,
): void => {
  if (creator === call.me.user || may(call, model, levelToMove(version.stage, stage))) return
  throw denied(
    `PERMISSION_DENIED: ${call.me.user} may not cancel the request of ${creator} on registered model ${model.name}.`,
  )
}
