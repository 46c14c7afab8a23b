import type { InputOf } from '../../wire/endpoint.ts'
import type { Dataset, DatasetInput, tracking } from '../../wire/tracking.ts'
import { checkLength } from '../mlflow/names.ts'
import { int64, list, neededWord, pairs, word } from '../mlflow/read.ts'
import { putValue, valueOf } from '../mlflow/sets.ts'
import type { Call, Handlers } from '../server/call.ts'
import { next } from '../server/clock.ts'
import { formatJson, parseJson } from '../server/json.ts'
import { isMembers, members, type Loose } from '../server/read.ts'
import { badValue } from '../server/refused.ts'
import { activeRun } from './run-rows.ts'
import { readTag } from './runs.ts'

const limits: Readonly<Record<keyof Dataset, number>> = {
  name: 500,
  digest: 36,
  source_type: 64,
  source: 65_535,
  schema: 1_048_575,
  profile: 16_777_215,
}

const contextTag = 'mlflow.data.context'

const readDataset = (value: unknown): Dataset => {
  const given = members(value, 'dataset')
  if (given === undefined) throw badValue("Missing value for required parameter 'dataset'.")
  const needed = (name: keyof Dataset) => neededWord(given[name], `dataset.${name}`)
  const schema = word(given.schema, 'dataset.schema')
  const profile = word(given.profile, 'dataset.profile')
  const dataset: Dataset = {
    name: needed('name'),
    digest: needed('digest'),
    source_type: needed('source_type'),
    source: needed('source'),
    ...(schema === undefined ? {} : { schema }),
    ...(profile === undefined ? {} : { profile }),
  }
  for (const [name, limit] of Object.entries(limits))
    checkLength(word(given[name], name) ?? '', limit, `dataset.${name}`)
  return dataset
}

const readInput = (item: unknown): DatasetInput => {
  const given = members(item, 'datasets') ?? {}
  const tags = pairs(given.tags, 'tags')
  for (const { key, value } of tags) {
    checkLength(key, 255, 'tags.key')
    checkLength(value, 500, 'tags.value')
  }
  const dataset = readDataset(given.dataset)
  return tags.length === 0 ? { dataset } : { tags, dataset }
}

/** The first of a name and digest is the one that stays. */
const addInput = (call: Call, run: string, input: DatasetInput): void => {
  const context = input.tags?.find(({ key }) => key === contextTag)?.value ?? null
  const { name, digest } = input.dataset
  call.db.run(
    'INSERT OR IGNORE INTO mlflow_inputs (owner, name, digest, context, seq, doc) VALUES (?, ?, ?, ?, ?, ?)',
    run,
    name,
    digest,
    context,
    next(call.db),
    formatJson(input),
  )
}

const addModels = (call: Call, run: string, kind: 'input' | 'output', models: unknown): void => {
  for (const model of list(models, 'models')) {
    const given = members(model, 'models') ?? {}
    call.db.run(
      'INSERT INTO mlflow_run_models (owner, kind, model, step) VALUES (?, ?, ?, ?)',
      run,
      kind,
      neededWord(given.model_id, 'model_id'),
      int64(given.step, 'step') ?? '0',
    )
  }
}

const historyTag = 'mlflow.log-model.history'
const kept = ['run_id', 'artifact_path', 'utc_time_created', 'model_uuid', 'flavors'] as const

/** A client before MLflow 3 tells of the model that it put among the artifacts: it becomes an entry of a tag. */
const recordModel = (call: Call, input: Loose<InputOf<typeof tracking.logModel>>): void => {
  const given = neededWord(input.model_json, 'model_json')
  let model: unknown
  try {
    model = parseJson(given)
  } catch {
    throw badValue('Malformed model info: it is not valid JSON')
  }
  const missing = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'].filter(
    (field) => !isMembers(model) || model[field] === undefined,
  )
  if (!isMembers(model) || missing.length > 0)
    throw badValue(`Model json is missing mandatory fields: ${missing.join(', ')}`)
  const { id } = activeRun(call, neededWord(input.run_id, 'run_id'))
  const known = parseJson(valueOf(call.db, 'mlflow_tags', id, historyTag) ?? '[]')
  const entry = Object.fromEntries(kept.flatMap((field) => (field in model ? [[field, model[field]]] : [])))
  const value = formatJson([...(Array.isArray(known) ? (known as unknown[]) : []), entry])
  putValue(call.db, 'mlflow_tags', id, readTag({ key: historyTag, value }))
}

type Own = Pick<Handlers<typeof tracking>, 'logModel' | 'logInputs' | 'logOutputs'>

export const ioHandlers: Own = {
  logModel: (input, call) => {
    recordModel(call, input)
    return {}
  },
  logInputs: (input, call) => {
    const datasets = list(input.datasets, 'datasets').map(readInput)
    const { id } = activeRun(call, neededWord(input.run_id, 'run_id'))
    for (const dataset of datasets) addInput(call, id, dataset)
    addModels(call, id, 'input', input.models)
    return {}
  },
  logOutputs: (input, call) => {
    if (input.models === undefined || input.models === null)
      throw badValue("Missing value for required parameter 'models'.")
    addModels(call, activeRun(call, neededWord(input.run_id, 'run_id')).id, 'output', input.models)
    return {}
  },
}
