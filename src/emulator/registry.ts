/** Model registry: https://mlflow.org/docs/latest/api_reference/rest-api.html, https://docs.databricks.com/api/workspace/modelregistry */
import type { InputOf } from '../wire/endpoint.ts'
import type { registry, registryAliases } from '../wire/registry.ts'
import { neededWord, protobuf, word, wordList } from './mlflow/read.ts'
import { grantToCreator, modelFor, versionFor } from './registry/access.ts'
import { dropAlias, putAlias, versionAt } from './registry/aliases.ts'
import {
  addModel,
  dropModel,
  dropModelTag,
  existingModel,
  putModelTag,
  registryOf,
  renameModel,
  setModel,
} from './registry/models.ts'
import { dropVersionOf, checkDeletable } from './registry/removal.ts'
import { searchModels, searchVersions } from './registry/search.ts'
import { filled, showModel, showVersion, showVersionWhole } from './registry/show.ts'
import { noteRegistration, originOf } from './registry/source.ts'
import { archiveFlag, moveTo } from './registry/stages.ts'
import { settle, statusOfNew } from './registry/status.ts'
import {
  addVersion,
  dropVersionTag,
  existingVersion,
  latestVersions,
  putVersionTag,
  setVersion,
} from './registry/versions.ts'
import {
  aliasName,
  descriptionOf,
  modelName,
  stageOf,
  tagList,
  tagOf,
  versionNumber,
} from './registry/words.ts'
import type { Call, Handlers } from './server/call.ts'
import type { Loose } from './server/read.ts'
import { Refused } from './server/refused.ts'

type Named = Loose<{ name: string }>
type Versioned = Loose<{ name: string; version: string }>

const modelOf = (input: Named, call: Call, level: Parameters<typeof modelFor>[2]) => {
  settle(call)
  return modelFor(call, neededWord(input.name, 'name'), level)
}

const versionOf = (input: Versioned, call: Call, level: Parameters<typeof versionFor>[3]) => {
  settle(call)
  return versionFor(call, neededWord(input.name, 'name'), input.version, level)
}

const latest = (input: Loose<InputOf<typeof registry.latestVersions>>, call: Call) => {
  const model = modelOf(input, call, 'CAN_READ')
  const stages = wordList(input.stages, 'stages').map((stage) => stageOf(stage))
  const found = latestVersions(call.db, model.id).filter(
    ({ stage }) => stages.length === 0 || stages.includes(stage),
  )
  return filled(
    'model_versions',
    found.map((version) => showVersion(call, version)),
  )
}

const create = (input: Loose<InputOf<typeof registry.createVersion>>, call: Call) => {
  const name = modelName(input.name)
  const source = neededWord(input.source, 'source')
  const tags = tagList(input.tags)
  const model = modelFor(call, name, 'CAN_EDIT')
  const [run, logged] = [word(input.run_id, 'run_id') ?? '', word(input.model_id, 'model_id') ?? '']
  const version = addVersion(call, model, {
    ...originOf(call, source, run, logged),
    ...statusOfNew(call, model.registry, name),
    description: descriptionOf(input.description),
    run_link: word(input.run_link, 'run_link') ?? '',
    tags,
  })
  if (logged !== '') noteRegistration(call.db, version)
  return { model_version: showVersion(call, version) }
}

const modelHandlers = {
  createModel: (input, call) => {
    const made = addModel(call, modelName(input.name), descriptionOf(input.description), tagList(input.tags))
    grantToCreator(call, made)
    return { registered_model: showModel(call, made) }
  },
  getModel: (input, call) => ({ registered_model: showModel(call, modelOf(input, call, 'CAN_READ')) }),
  searchModels: (input, call) => {
    settle(call)
    const { rows, token } = searchModels(call, input)
    return {
      ...filled(
        'registered_models',
        rows.map((model) => showModel(call, model)),
      ),
      ...token,
    }
  },
  updateModel: (input, call) => {
    const { id, name } = modelOf(input, call, 'CAN_EDIT')
    setModel(call, id, 'description', descriptionOf(input.description))
    return { registered_model: showModel(call, existingModel(call, name)) }
  },
  renameModel: (input, call) => {
    const to = modelName(input.new_name, 'new_name')
    const model = modelOf(input, call, 'CAN_MANAGE')
    renameModel(call, model, to)
    return { registered_model: showModel(call, existingModel(call, to)) }
  },
  deleteModel: (input, call) => {
    const model = modelOf(input, call, 'CAN_MANAGE')
    checkDeletable(call, model)
    dropModel(call.db, model.id)
    return {}
  },
  setModelTag: (input, call) => {
    const { key, value } = tagOf(input.key, input.value)
    putModelTag(call.db, modelOf(input, call, 'CAN_EDIT').id, key, value)
    return {}
  },
  deleteModelTag: (input, call) => {
    const key = neededWord(input.key, 'key')
    dropModelTag(call.db, modelOf(input, call, 'CAN_EDIT').id, key)
    return {}
  },
  latestVersions: latest,
  latestVersionsByQuery: latest,
} satisfies Partial<Handlers<typeof registry>>

const versionHandlers = {
  createVersion: create,
  getVersion: (input, call) => ({
    model_version: showVersionWhole(call, versionOf(input, call, 'CAN_READ').version),
  }),
  searchVersions: (input, call) => {
    settle(call)
    const { rows, token } = searchVersions(call, input)
    return {
      ...filled(
        'model_versions',
        rows.map((version) => showVersion(call, version)),
      ),
      ...token,
    }
  },
  updateVersion: (input, call) => {
    const { model, version } = versionOf(input, call, 'CAN_EDIT')
    setVersion(call, version, 'description', descriptionOf(input.description))
    return { model_version: showVersionWhole(call, existingVersion(call, model, version.number)) }
  },
  deleteVersion: (input, call) => {
    const { model, version } = versionOf(input, call, 'CAN_MANAGE')
    dropVersionOf(call, model, version)
    return {}
  },
  setVersionTag: (input, call) => {
    const { key, value } = tagOf(input.key, input.value)
    const { version } = versionOf(input, call, 'CAN_EDIT')
    putVersionTag(call.db, version.model, version.number, key, value)
    return {}
  },
  deleteVersionTag: (input, call) => {
    const key = neededWord(input.key, 'key')
    const { version } = versionOf(input, call, 'CAN_EDIT')
    dropVersionTag(call.db, version.model, version.number, key)
    return {}
  },
  downloadUri: (input, call) => ({ artifact_uri: versionOf(input, call, 'CAN_READ').version.location }),
  transitionStage: (input, call) => {
    const stage = stageOf(input.stage)
    const archive = archiveFlag(call, input.archive_existing_versions)
    const { model, version } = versionOf(input, call, 'CAN_READ')
    return { model_version: showVersionWhole(call, moveTo(call, model, version, stage, archive)) }
  },
} satisfies Partial<Handlers<typeof registry>>

export const registryHandlers: Handlers<typeof registry> = protobuf<typeof registry>({
  ...modelHandlers,
  ...versionHandlers,
})

/** The workspace registry does not have them: https://mlflow.org/docs/latest/ml/model-registry */
const needAliases = (call: Call): void => {
  if (registryOf(call) === 'workspace')
    throw new Refused(404, 'ENDPOINT_NOT_FOUND', `No API found for '${call.path}'`)
}

export const registryAliasesHandlers: Handlers<typeof registryAliases> = protobuf<typeof registryAliases>({
  setAlias: (input, call) => {
    needAliases(call)
    const alias = aliasName(input.alias)
    const number = versionNumber(input.version)
    putAlias(
      call.db,
      existingVersion(call, existingModel(call, neededWord(input.name, 'name')), number),
      alias,
    )
    return {}
  },
  getAlias: (input, call) => {
    needAliases(call)
    settle(call)
    const alias = neededWord(input.alias, 'alias')
    const model = existingModel(call, neededWord(input.name, 'name'))
    return { model_version: showVersionWhole(call, versionAt(call, model, alias)) }
  },
  deleteAlias: (input, call) => {
    needAliases(call)
    const alias = neededWord(input.alias, 'alias')
    dropAlias(call.db, existingModel(call, neededWord(input.name, 'name')).id, alias)
    return {}
  },
})
