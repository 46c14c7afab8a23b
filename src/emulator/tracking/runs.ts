import { randomUUID } from 'node:crypto'
import type { InputOf } from '../../wire/endpoint.ts'
import type { KeyValue, MlflowRun, MlflowRunStatus, tracking } from '../../wire/tracking.ts'
import { checkKey, checkLength, cut } from '../mlflow/names.ts'
import { choice, int64, neededWord, pairs, word } from '../mlflow/read.ts'
import { dropValue, putValue } from '../mlflow/sets.ts'
import type { Call, Handlers } from '../server/call.ts'
import { absent, badValue } from '../server/refused.ts'
import type { Loose } from '../server/read.ts'
import { activeExperiment } from './experiment-rows.ts'
import { showRun } from './run-data.ts'
import { randomName } from './run-names.ts'
import { activeRun, addRun, infoOf, nameRun, neededRun, runNameTag, type RunRow } from './run-rows.ts'

const mostTag = 8000
const mostName = 250

const statuses: readonly MlflowRunStatus[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']

/** Older clients write `run_uuid`. */
export const runIdOf = (input: { readonly run_id?: unknown; readonly run_uuid?: unknown }): string =>
  word(input.run_uuid, 'run_uuid') !== undefined && word(input.run_id, 'run_id') === undefined
    ? neededWord(input.run_uuid, 'run_uuid')
    : neededWord(input.run_id, 'run_id')

/** A value that is too long is cut, not refused. */
export const readTag = ({ key, value }: KeyValue): KeyValue => {
  checkKey(key, 'key')
  return { key, value: cut(value, mostTag) }
}

export const tagRun = (call: Call, id: string, tag: KeyValue): void => {
  if (tag.key === runNameTag) nameRun(call, id, tag.value)
  else putValue(call.db, 'mlflow_tags', id, tag)
}

const create = (call: Call, input: Loose<InputOf<typeof tracking.createRun>>): MlflowRun => {
  const experiment = activeExperiment(call, neededWord(input.experiment_id, 'experiment_id'))
  const tags = pairs(input.tags, 'tags').map(readTag)
  const tagged = tags.find(({ key }) => key === runNameTag)?.value
  const named = word(input.run_name, 'run_name')
  if (named !== undefined && tagged !== undefined && named !== tagged)
    throw badValue(`Both 'run_name' and the tag '${runNameTag}' are specified, with different values`)
  const id = randomUUID().replaceAll('-', '')
  const row: RunRow = {
    id,
    experiment: experiment.id,
    name: named ?? tagged ?? randomName(),
    // A workspace knows who calls; a plain server believes what it is told.
    user: call.face === 'mlflow' ? (word(input.user_id, 'user_id') ?? '') : call.me.user,
    status: 'RUNNING',
    stage: 'active',
    started: int64(input.start_time, 'start_time') ?? (call.face === 'mlflow' ? '0' : `${call.now}`),
    ended: null,
    artifact_uri: `${experiment.location}/${id}/artifacts`,
  }
  checkLength(row.name, mostName, 'run_name')
  addRun(call, row)
  for (const tag of [...tags, { key: runNameTag, value: row.name }]) putValue(call.db, 'mlflow_tags', id, tag)
  return showRun(call.db, row)
}

const update = (call: Call, input: Loose<InputOf<typeof tracking.updateRun>>): RunRow => {
  const { id } = activeRun(call, runIdOf(input))
  const status = choice(input.status, statuses)
  const ended = int64(input.end_time, 'end_time')
  const name = word(input.run_name, 'run_name')
  if (status !== undefined) call.db.run('UPDATE mlflow_runs SET status = ? WHERE id = ?', status, id)
  if (ended !== undefined) call.db.run('UPDATE mlflow_runs SET ended = ? WHERE id = ?', ended, id)
  if (name !== undefined) nameRun(call, id, name)
  return neededRun(call, id)
}

const move = (call: Call, id: string, stage: RunRow['stage']): void => {
  neededRun(call, id)
  const at = stage === 'deleted' ? call.now : null
  call.db.run('UPDATE mlflow_runs SET stage = ?, deleted = ? WHERE id = ?', stage, at, id)
}

type Own = Pick<
  Handlers<typeof tracking>,
  'createRun' | 'getRun' | 'updateRun' | 'deleteRun' | 'restoreRun' | 'setTag' | 'deleteTag'
>

export const runHandlers: Own = {
  createRun: (input, call) => ({ run: create(call, input) }),
  getRun: (input, call) => ({ run: showRun(call.db, neededRun(call, runIdOf(input))) }),
  updateRun: (input, call) => ({ run_info: infoOf(update(call, input)) }),
  deleteRun: (input, call) => {
    move(call, neededWord(input.run_id, 'run_id'), 'deleted')
    return {}
  },
  restoreRun: (input, call) => {
    move(call, neededWord(input.run_id, 'run_id'), 'active')
    return {}
  },
  setTag: (input, call) => {
    const key = neededWord(input.key, 'key')
    const tag = readTag({ key, value: word(input.value, 'value') ?? '' })
    tagRun(call, activeRun(call, runIdOf(input)).id, tag)
    return {}
  },
  deleteTag: (input, call) => {
    const key = neededWord(input.key, 'key')
    const { id } = activeRun(call, neededWord(input.run_id, 'run_id'))
    if (!dropValue(call.db, 'mlflow_tags', id, key))
      throw absent(`No tag with name: ${key} in run with id ${id}`)
    return {}
  },
}
