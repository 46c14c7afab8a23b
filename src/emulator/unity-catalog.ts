/** Models in Unity Catalog, the public API: https://docs.databricks.com/api/workspace/registeredmodels */
import type { unityCatalog } from '../wire/unity-catalog.ts'
import { neededWord, word } from './mlflow/read.ts'
import { dropAlias } from './registry/aliases.ts'
import { addModel, setModel, touchModel } from './registry/models.ts'
import { filled } from './registry/show.ts'
import { aliasName, versionNumber } from './registry/words.ts'
import type { Call, Handlers } from './server/call.ts'
import { findPrincipal } from './server/principals.ts'
import { flag, whole, type Loose } from './server/read.ts'
import { absent, badValue } from './server/refused.ts'
import {
  describe,
  describeVersion,
  pointAlias,
  remove,
  removeVersion,
  rename,
} from './unity-catalog/change.ts'
import { fullName, namePart, renamed } from './unity-catalog/names.ts'
import { pageOf, pageSize } from './unity-catalog/pages.ts'
import {
  catalogModel,
  catalogVersion,
  modelsIn,
  ownedModel,
  versionOfAlias,
  versionsBy,
} from './unity-catalog/rows.ts'
import { publicAlias, publicModel, publicVersion } from './unity-catalog/show.ts'

const withAliases = (input: Loose<{ include_aliases: boolean }>): boolean =>
  flag(input.include_aliases, 'include_aliases') ?? false

/** All three, or none: a schema needs its catalog. @throws Refused 400 */
const prefixOf = (input: Loose<{ catalog_name: string; schema_name: string }>): string => {
  const catalog = word(input.catalog_name, 'catalog_name')
  const schema = word(input.schema_name, 'schema_name')
  if (catalog === undefined && schema === undefined) return ''
  if (catalog === undefined || schema === undefined)
    throw badValue('catalog_name and schema_name must be given together')
  return `${namePart(catalog, 'catalog_name')}.${namePart(schema, 'schema_name')}.`
}

const numberOf = (value: unknown, field: string): number => {
  const number = whole(value, field)
  if (number === undefined || number < 1) throw badValue(`Missing required field '${field}'`)
  return number
}

const change = (
  input: Loose<{ full_name: string; comment: string; new_name: string; owner: string }>,
  call: Call,
) => {
  const model = ownedModel(call, input.full_name, 'full_name')
  const owner = word(input.owner, 'owner')
  if (owner !== undefined && findPrincipal(call.db, owner) === undefined)
    throw absent(`Principal '${owner}' does not exist.`)
  if (input.comment !== undefined) describe(call, model, word(input.comment, 'comment'))
  if (owner !== undefined) setModel(call, model.id, 'owner', owner)
  const to = word(input.new_name, 'new_name')
  const now = to === undefined ? catalogModel(call, model.name) : rename(call, model, renamed(model.name, to))
  return publicModel(call, now, false)
}

const versionHandlers = {
  getVersion: (input, call) => {
    const model = catalogModel(call, input.full_name, 'full_name')
    return publicVersion(call, catalogVersion(call, model, versionNumber(input.version)), withAliases(input))
  },
  listVersions: (input, call) => {
    const model = catalogModel(call, input.full_name, 'full_name')
    const { rows, token } = pageOf(input.page_token, pageSize(input.max_results), (limit, offset) =>
      versionsBy(call, 'v.model', model.id, limit, offset),
    )
    return {
      ...filled(
        'model_versions',
        rows.map((version) => publicVersion(call, version, false)),
      ),
      ...token,
    }
  },
  updateVersion: (input, call) => {
    const model = ownedModel(call, input.full_name, 'full_name')
    const version = catalogVersion(call, model, versionNumber(input.version))
    const comment = word(input.comment, 'comment')
    return publicVersion(call, describeVersion(call, model, version, comment), false)
  },
  deleteVersion: (input, call) => {
    const model = ownedModel(call, input.full_name, 'full_name')
    removeVersion(call, catalogVersion(call, model, versionNumber(input.version)))
    return {}
  },
  setAlias: (input, call) => {
    const alias = aliasName(input.alias)
    const model = ownedModel(call, input.full_name, 'full_name')
    pointAlias(call, model, alias, numberOf(input.version_num, 'version_num'))
    const made = publicAlias(call, model, alias)
    if (made === undefined) throw absent(`Alias '${alias}' of model '${model.name}' does not exist.`)
    return made
  },
  versionByAlias: (input, call) => {
    const model = catalogModel(call, input.full_name, 'full_name')
    return publicVersion(
      call,
      versionOfAlias(call, model, neededWord(input.alias, 'alias')),
      withAliases(input),
    )
  },
  deleteAlias: (input, call) => {
    const model = ownedModel(call, input.full_name, 'full_name')
    versionOfAlias(call, model, neededWord(input.alias, 'alias'))
    dropAlias(call.db, model.id, neededWord(input.alias, 'alias'))
    touchModel(call, model.id)
    return {}
  },
} satisfies Partial<Handlers<typeof unityCatalog>>

export const unityCatalogHandlers: Handlers<typeof unityCatalog> = {
  ...versionHandlers,
  createModel: (input, call) => {
    const parts = ['catalog_name', 'schema_name', 'name'] as const
    const name = fullName(parts.map((field) => namePart(input[field], field)).join('.'))
    return publicModel(call, addModel(call, name, word(input.comment, 'comment'), []), false)
  },
  getModel: (input, call) =>
    publicModel(call, catalogModel(call, input.full_name, 'full_name'), withAliases(input)),
  listModels: (input, call) => {
    const prefix = prefixOf(input)
    const { rows, token } = pageOf(input.page_token, pageSize(input.max_results), (limit, offset) =>
      modelsIn(call, prefix, limit, offset),
    )
    return {
      ...filled(
        'registered_models',
        rows.map((model) => publicModel(call, model, false)),
      ),
      ...token,
    }
  },
  updateModel: change,
  deleteModel: (input, call) => {
    remove(call, ownedModel(call, input.full_name, 'full_name'))
    return {}
  },
}
