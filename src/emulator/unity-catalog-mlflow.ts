/** Models in Unity Catalog for MLflow's client: `databricks_uc_registry_service.proto` of MLflow. */
import type { unityCatalogMlflow } from '../wire/unity-catalog-mlflow.ts'
import { defaultStorage, ucLocation } from './artifact/uc-storage.ts'
import { parseFilter } from './mlflow/filter.ts'
import { neededWord, protobuf, word } from './mlflow/read.ts'
import { dropAlias } from './registry/aliases.ts'
import { versionGrammar } from './registry/grammars.ts'
import { addModel, dropModelTag, putModelTag, setModel, touchModel } from './registry/models.ts'
import { filled } from './registry/show.ts'
import { noteRegistration } from './registry/source.ts'
import { statusOfNew } from './registry/status.ts'
import { addVersion, dropVersionTag, putVersionTag } from './registry/versions.ts'
import { aliasName, descriptionOf, tagList, tagOf, versionNumber } from './registry/words.ts'
import type { Call, Handlers } from './server/call.ts'
import type { Loose } from './server/read.ts'
import { badValue } from './server/refused.ts'
import {
  describe,
  describeVersion,
  finalize,
  pointAlias,
  remove,
  removeVersion,
  rename,
} from './unity-catalog/change.ts'
import { fullName } from './unity-catalog/names.ts'
import { pageOf, pageSize } from './unity-catalog/pages.ts'
import {
  catalogModel,
  catalogVersion,
  modelsIn,
  ownedModel,
  versionOfAlias,
  versionsBy,
} from './unity-catalog/rows.ts'
import { clientModel, clientVersion } from './unity-catalog/show.ts'

type Versioned = Loose<{ name: string; version: string }>

const found = (input: Versioned, call: Call) =>
  catalogVersion(call, catalogModel(call, input.name), versionNumber(input.version))

const owned = (input: Versioned, call: Call) => {
  const number = versionNumber(input.version)
  const model = ownedModel(call, input.name)
  return { model, version: catalogVersion(call, model, number) }
}

/** One condition only: name = '…' or run_id = '…'. @throws Refused 400 */
const searchOf = (
  call: Call,
  filter: unknown,
): Parameters<typeof versionsBy> extends [Call, ...infer By, number, number] ? By : never => {
  const [clause, second] = parseFilter(word(filter, 'filter'), versionGrammar)
  if (clause === undefined) return ['m.registry', 'unity-catalog']
  if (second !== undefined || clause.operator !== '=' || typeof clause.value !== 'string')
    throw badValue("The filter must be one condition: name = '<catalog.schema.model>' or run_id = '<id>'")
  if (clause.entity === 'attribute' && clause.key === 'run_id') return ['v.run', clause.value]
  if (clause.entity === 'attribute' && clause.key === 'name')
    return ['v.model', catalogModel(call, clause.value).id]
  throw badValue(`Models in Unity Catalog cannot be searched by '${clause.key}'`)
}

const modelHandlers = {
  createModel: (input, call) => {
    const name = fullName(input.name)
    const made = addModel(call, name, descriptionOf(input.description), tagList(input.tags))
    setModel(call, made.id, 'job', word(input.deployment_job_id, 'deployment_job_id'))
    return { registered_model: clientModel(call, catalogModel(call, name), true) }
  },
  getModel: (input, call) => ({ registered_model: clientModel(call, catalogModel(call, input.name), true) }),
  searchModels: (input, call) => {
    const { rows, token } = pageOf(input.page_token, pageSize(input.max_results), (limit, offset) =>
      modelsIn(call, '', limit, offset),
    )
    const models = rows.map((model) => clientModel(call, model, false))
    return { ...filled('registered_models', models), ...token }
  },
  updateModel: (input, call) => {
    const model = ownedModel(call, input.name)
    const to = input.new_name === undefined ? undefined : fullName(input.new_name, 'new_name')
    const job = word(input.deployment_job_id, 'deployment_job_id')
    if (input.deployment_job_id !== undefined) setModel(call, model.id, 'job', job)
    if (to === undefined && input.deployment_job_id === undefined)
      describe(call, model, descriptionOf(input.description))
    const now = to === undefined ? catalogModel(call, model.name) : rename(call, model, to)
    return { registered_model: clientModel(call, now, true) }
  },
  deleteModel: (input, call) => {
    remove(call, ownedModel(call, input.name))
    return {}
  },
  setModelTag: (input, call) => {
    const { key, value } = tagOf(input.key, input.value)
    putModelTag(call.db, catalogModel(call, input.name).id, key, value)
    return {}
  },
  deleteModelTag: (input, call) => {
    const key = neededWord(input.key, 'key')
    dropModelTag(call.db, catalogModel(call, input.name).id, key)
    return {}
  },
  setAlias: (input, call) => {
    const [alias, number] = [aliasName(input.alias), versionNumber(input.version)]
    pointAlias(call, ownedModel(call, input.name), alias, number)
    return {}
  },
  getAlias: (input, call) => {
    const alias = neededWord(input.alias, 'alias')
    const version = versionOfAlias(call, catalogModel(call, input.name), alias)
    return { model_version: clientVersion(call, version, true) }
  },
  deleteAlias: (input, call) => {
    const alias = neededWord(input.alias, 'alias')
    const model = ownedModel(call, input.name)
    dropAlias(call.db, model.id, alias)
    touchModel(call, model.id)
    return {}
  },
} satisfies Partial<Handlers<typeof unityCatalogMlflow>>

export const unityCatalogMlflowHandlers: Handlers<typeof unityCatalogMlflow> = protobuf<
  typeof unityCatalogMlflow
>({
  ...modelHandlers,
  createVersion: (input, call) => {
    const source = neededWord(input.source, 'source')
    const tags = tagList(input.tags)
    const model = ownedModel(call, input.name)
    const version = addVersion(call, model, {
      source,
      location: '',
      run: word(input.run_id, 'run_id') ?? '',
      run_link: '',
      logged: word(input.model_id, 'model_id') ?? '',
      description: descriptionOf(input.description),
      tags,
      ...statusOfNew(call, 'unity-catalog', model.name),
    })
    noteRegistration(call.db, version)
    return { model_version: clientVersion(call, version, true) }
  },
  getVersion: (input, call) => ({ model_version: clientVersion(call, found(input, call), true) }),
  searchVersions: (input, call) => {
    const by = searchOf(call, input.filter)
    const { rows, token } = pageOf(input.page_token, pageSize(input.max_results), (limit, offset) =>
      versionsBy(call, ...by, limit, offset),
    )
    const versions = rows.map((version) => clientVersion(call, version, false))
    return { ...filled('model_versions', versions), ...token }
  },
  updateVersion: (input, call) => {
    const { model, version } = owned(input, call)
    const changed = describeVersion(call, model, version, descriptionOf(input.description))
    return { model_version: clientVersion(call, changed, true) }
  },
  deleteVersion: (input, call) => {
    removeVersion(call, owned(input, call).version)
    return {}
  },
  setVersionTag: (input, call) => {
    const { key, value } = tagOf(input.key, input.value)
    const { model, number } = found(input, call)
    putVersionTag(call.db, model, number, key, value)
    return {}
  },
  deleteVersionTag: (input, call) => {
    const key = neededWord(input.key, 'key')
    const { model, number } = found(input, call)
    dropVersionTag(call.db, model, number, key)
    return {}
  },
  downloadUri: (input, call) => {
    const { name, number } = found(input, call)
    return { artifact_uri: ucLocation(name, number) }
  },
  finalize: (input, call) => {
    const { model, version } = owned(input, call)
    return { model_version: clientVersion(call, finalize(call, model, version), true) }
  },
  temporaryCredentials: (input, call) => {
    const reads = neededWord(input.operation, 'operation').endsWith('_READ')
    if (reads) found(input, call)
    else owned(input, call)
    return defaultStorage
  },
})
