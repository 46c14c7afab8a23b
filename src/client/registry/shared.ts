import type { CatalogModel, CatalogVersion } from '../../wire/unity-catalog-mlflow.ts'
import type { CreateVersion, ModelVersion, RegisteredModel } from '../../wire/registry.ts'
import type { KeyValue } from '../../wire/tracking.ts'
import { orAbsent } from '../absent.ts'
import type { Registry } from './registry.ts'
import { creation, modelInfo, versionInfo } from './shapes.ts'

interface Named {
  name: string
}
interface Versioned extends Named {
  version: string
}
type Answered = Promise<{ model_version: ModelVersion | CatalogVersion }>

/** Calls that every registry has, under the same names and with nearly the same shapes. */
export interface Calls {
  createModel(input: Named & { description?: string }): Promise<unknown>
  getModel(input: Named): Promise<{ registered_model: RegisteredModel | CatalogModel }>
  setModelTag(input: Named & KeyValue): Promise<unknown>
  createVersion(input: CreateVersion): Answered
  getVersion(input: Versioned): Answered
  setVersionTag(input: Versioned & KeyValue): Promise<unknown>
  downloadUri(input: Versioned): Promise<{ artifact_uri: string }>
}

interface AliasCalls {
  setAlias(input: Versioned & { alias: string }): Promise<unknown>
  deleteAlias(input: Named & { alias: string }): Promise<unknown>
}

type Shared =
  | 'model'
  | 'version'
  | 'createModel'
  | 'createVersion'
  | 'setVersionTag'
  | 'setModelTag'
  | 'downloadUri'

/** What all registries do alike. @param has what the registry has: a field of what it lacks is not believed */
export const sharedRegistry = (
  calls: Calls,
  has: { stages: boolean; aliases: boolean },
): Required<Pick<Registry, Shared>> => ({
  model: async (name) => {
    const found = (await orAbsent(calls.getModel({ name })))?.registered_model
    return found && modelInfo(found, has.aliases)
  },
  version: async (name, version) => {
    const found = (await orAbsent(calls.getVersion({ name, version })))?.model_version
    return found && versionInfo(found, has.stages)
  },
  createModel: async (name, description) => {
    await calls.createModel({ name, ...(description === undefined ? {} : { description }) })
  },
  createVersion: async (name, registration) =>
    versionInfo((await calls.createVersion(creation(name, registration))).model_version, has.stages),
  setVersionTag: async (name, version, key, value) => {
    await calls.setVersionTag({ name, version, key, value })
  },
  setModelTag: async (name, key, value) => {
    await calls.setModelTag({ name, key, value })
  },
  downloadUri: async (name, version) => (await calls.downloadUri({ name, version })).artifact_uri,
})

export const aliasWrites = (calls: AliasCalls): Required<Pick<Registry, 'setAlias' | 'deleteAlias'>> => ({
  setAlias: async (name, alias, version) => {
    await calls.setAlias({ name, alias, version })
  },
  deleteAlias: async (name, alias) => {
    await calls.deleteAlias({ name, alias })
  },
})
