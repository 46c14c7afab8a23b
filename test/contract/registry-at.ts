import { expect } from 'vitest'
import type { MlflowClient } from '../../src/client/mlflow.ts'
import { isMissing } from '../../src/http/api-error.ts'
import type { AnyEndpoint } from '../../src/wire/endpoint.ts'
import type { CreateVersion } from '../../src/wire/registry.ts'
import type { KeyValue } from '../../src/wire/tracking.ts'
import type { MlflowSubject } from './mlflow-subject.ts'

export interface RegistryAt {
  readonly subject: MlflowSubject
  readonly client: MlflowClient['registry']
  /** With an input that the types do not allow. */
  readonly loosely: (endpoint: AnyEndpoint, input: unknown) => Promise<unknown>
  /** A new model; its name. */
  readonly model: (over?: { description?: string; tags?: KeyValue[] }) => Promise<string>
  /** A new version of it; its number. */
  readonly version: (name: string, over?: Partial<CreateVersion>) => Promise<string>
  /** Sees a status that is not final once at most. */
  readonly ready: (name: string, version: string) => Promise<void>
  /** Removes whatever was made. */
  readonly clean: () => Promise<void>
}

export const registryAt = (subject: MlflowSubject): RegistryAt => {
  const { registry: client } = subject.client
  const made: string[] = []
  const model: RegistryAt['model'] = async (over = {}) => {
    const name = subject.unique('model')
    await client.createModel({ name, ...over })
    made.push(name)
    return name
  }
  const remove = async (name: string): Promise<void> => {
    const { model_versions: versions = [] } = await client.latestVersions({
      name,
      stages: ['Staging', 'Production'],
    })
    for (const { version } of versions)
      await client.transitionStage({ name, version, stage: 'None', archive_existing_versions: false })
    if (versions.length > 0) await remove(name)
    else await client.deleteModel({ name })
  }
  return {
    subject,
    client,
    model,
    loosely: (endpoint, input) => subject.call(endpoint, input),
    version: async (name, over = {}) =>
      (await client.createVersion({ name, source: 's3://bucket/model', ...over })).model_version.version,
    ready: async (name, version) => {
      await expect
        .poll(async () => (await client.getVersion({ name, version })).model_version.status, {
          timeout: 20_000,
        })
        .toBe('READY')
    },
    clean: async () => {
      for (const name of made)
        await remove(name).catch((error: unknown) => {
          if (!isMissing(error)) throw error
        })
    },
  }
}
