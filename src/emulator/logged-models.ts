/** Logged models of MLflow 3: https://mlflow.org/docs/latest/ml/model/#the-logged-model-entity */
import { randomUUID } from 'node:crypto'
import type { InputOf } from '../wire/endpoint.ts'
import type { LoggedModel, LoggedModelStatus, loggedModels } from '../wire/logged-models.ts'
import { checkKey, checkLength, cut } from './mlflow/names.ts'
import { neededWord, pairs, protobuf, word } from './mlflow/read.ts'
import { dropValue, putValue, valueOf } from './mlflow/sets.ts'
import type { Call, Handlers } from './server/call.ts'
import type { Loose } from './server/read.ts'
import { absent, badValue, Refused } from './server/refused.ts'
import { activeExperiment } from './tracking/experiment-rows.ts'
import { addModel, neededModel, showModel } from './tracking/model-rows.ts'
import { searchModels } from './tracking/model-search.ts'
import { randomName } from './tracking/run-names.ts'
import { readTag } from './tracking/runs.ts'

/** In the order of their numbers, which protobuf takes as well. */
const statuses: readonly LoggedModelStatus[] = [
  'LOGGED_MODEL_STATUS_UNSPECIFIED',
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
]

const mostName = 500
const mostParam = 6000
const forbidden = /[/:.%"'\\]/

const folders = { mlflow: 'models', databricks: 'logged_models' } as const

const readName = (value: unknown): string => {
  const name = word(value, 'name')
  if (name === undefined) return randomName()
  checkLength(name, mostName, 'name')
  if (forbidden.test(name)) throw badValue(`Invalid model name ('${name}') provided`)
  return name
}

const create = (call: Call, input: Loose<InputOf<typeof loggedModels.create>>): LoggedModel => {
  const experiment = activeExperiment(call, neededWord(input.experiment_id, 'experiment_id'))
  const id = `m-${randomUUID().replaceAll('-', '')}`
  const params = pairs(input.params, 'params')
  const tags = pairs(input.tags, 'tags').map(readTag)
  addModel(call, {
    id,
    experiment: experiment.id,
    name: readName(input.name),
    artifact_uri: `${experiment.location}/${folders[call.face]}/${id}/artifacts`,
    created: call.now,
    updated: call.now,
    status: 'LOGGED_MODEL_PENDING',
    stage: 'active',
    type: word(input.model_type, 'model_type') ?? '',
    run: word(input.source_run_id, 'source_run_id') ?? '',
  })
  addParams(call, id, params)
  for (const tag of tags) putValue(call.db, 'mlflow_model_tags', id, tag)
  return showModel(call, id)
}

/** Params are written once. */
const addParams = (call: Call, id: string, params: ReturnType<typeof pairs>): void => {
  for (const { key, value } of params) {
    checkKey(key, 'key')
    if (valueOf(call.db, 'mlflow_model_params', id, key) !== undefined)
      throw new Refused(400, 'BAD_REQUEST', `The model ${id} has the param '${key}' already`)
    putValue(call.db, 'mlflow_model_params', id, { key, value: cut(value, mostParam) })
  }
}

const finalize = (call: Call, input: Loose<InputOf<typeof loggedModels.finalize>>): LoggedModel => {
  const { id } = neededModel(call, neededWord(input.model_id, 'model_id'))
  if (input.status === undefined || input.status === null)
    throw badValue("Missing value for required parameter 'status'.")
  const status =
    statuses.find((known, number) => known === input.status || number === input.status) ??
    'LOGGED_MODEL_STATUS_UNSPECIFIED'
  call.db.run('UPDATE mlflow_models SET status = ?, updated = ? WHERE id = ?', status, call.now, id)
  return showModel(call, id)
}

export const loggedModelsHandlers: Handlers<typeof loggedModels> = protobuf<typeof loggedModels>({
  create: (input, call) => ({ model: create(call, input) }),
  get: (input, call) => {
    const id = neededWord(input.model_id, 'model_id')
    if (neededModel(call, id).stage === 'deleted') throw absent(`Logged model with ID '${id}' not found.`)
    return { model: showModel(call, id) }
  },
  finalize: (input, call) => ({ model: finalize(call, input) }),
  delete: (input, call) => {
    const { id } = neededModel(call, neededWord(input.model_id, 'model_id'))
    call.db.run("UPDATE mlflow_models SET stage = 'deleted', updated = ? WHERE id = ?", call.now, id)
    return {}
  },
  search: (input, call) => searchModels(call, input),
  setTags: (input, call) => {
    const { id } = neededModel(call, neededWord(input.model_id, 'model_id'))
    for (const tag of pairs(input.tags, 'tags')) putValue(call.db, 'mlflow_model_tags', id, readTag(tag))
    return {}
  },
  deleteTag: (input, call) => {
    const { id } = neededModel(call, neededWord(input.model_id, 'model_id'))
    const key = neededWord(input.tag_key, 'tag_key')
    if (!dropValue(call.db, 'mlflow_model_tags', id, key))
      throw absent(`No tag with key '${key}' found for model with ID '${id}'.`)
    return {}
  },
  logParams: (input, call) => {
    const { id } = neededModel(call, neededWord(input.model_id, 'model_id'))
    addParams(call, id, pairs(input.params, 'params'))
    return {}
  },
})
