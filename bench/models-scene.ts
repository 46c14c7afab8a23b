import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mlflowRegistry } from '../src/client/registry/mlflow.ts'
import type { Registry } from '../src/client/registry/registry.ts'
import { unityCatalogRegistry } from '../src/client/registry/unity-catalog.ts'
import { workspaceRegistry } from '../src/client/registry/workspace.ts'
import { databricks, type Databricks } from '../src/client/databricks.ts'
import { mlflowClient } from '../src/client/mlflow.ts'
import { digestOf } from '../src/cli/model/bundle.ts'
import { createCall, type Call } from '../src/http/call.ts'
import { systemClock } from '../src/http/clock.ts'
import { createLimiter } from '../src/http/limiter.ts'
import { evidencePath } from '../src/ledger/model-places.ts'
import { canonical } from '../src/plan/canonical.ts'
import type { Evidence } from '../src/plan/state-evidence.ts'
import type { RegistryKind } from '../src/plan/state-policy.ts'
import type { Workspace } from './workspace.ts'

/** A declared model of the bench. */
export interface BenchModel {
  key: string
  kind: RegistryKind
}

export const nameOf = ({ key, kind }: BenchModel): string =>
  kind === 'unity-catalog' ? `main.models.${key}` : key

const policyOf = (model: BenchModel, url: string): string =>
  [
    `model: ${nameOf(model)}`,
    model.kind === 'mlflow'
      ? `registry: { kind: mlflow, uri: "${url}/mlflow", token: DATABRICKS_TOKEN }`
      : `registry: ${model.kind}`,
    'on_first_release: { allow: true, requires_approval: false }',
    'checks: { metrics: [{ name: r2, min: 0.8 }] }',
    '',
  ].join('\n')

/** Write a project that declares these models. */
export const writeModels = async (
  folder: string,
  models: readonly BenchModel[],
  url: string,
): Promise<void> => {
  await mkdir(join(folder, 'pipelines/models'), { recursive: true })
  const spec = [
    'name: bench',
    'targets: { dev: { host: "${env.DATABRICKS_HOST}" } }',
    `models: { ${models.map(({ key }) => `${key}: models/${key}.yml`).join(', ')} }`,
    '',
  ]
  await writeFile(join(folder, 'pipelines/brickrail.yml'), spec.join('\n'))
  for (const model of models)
    await writeFile(join(folder, `pipelines/models/${model.key}.yml`), policyOf(model, url))
}

const callTo = ({ token }: Workspace, host: string): Call =>
  createCall({
    host,
    fetch,
    tokens: { method: 'pat', renewable: false, get: async () => token },
    clock: systemClock,
    limiter: createLimiter(systemClock),
    userAgent: 'brickrail-bench',
  })

const registryOf = (workspace: Workspace, client: Databricks, kind: RegistryKind): Registry => {
  const { url } = workspace
  if (kind === 'workspace') return workspaceRegistry(client.mlflow, url)
  if (kind === 'unity-catalog') return unityCatalogRegistry(client.unityCatalogMlflow, url)
  return mlflowRegistry(mlflowClient(callTo(workspace, `${url}/mlflow`)), 'both', url)
}

const evidenceOf = (model: BenchModel, version: string, champion: string | undefined): Evidence => ({
  version: 1,
  model: { key: model.key, name: nameOf(model), registry: model.kind, version, status: 'READY' },
  ...(champion === undefined ? {} : { champion: { version: champion } }),
  policy: 'bench',
  at: new Date().toISOString(),
  lineage: {},
  logged: { r2: 0.9 },
  tests: [],
  tags: {},
})

/** The registry of a model, as somebody beside the measured processes sees it. */
export interface Shelf {
  registry: Registry
  /** A READY version with evidence, as `evaluate` leaves it. */
  version(champion?: string): Promise<string>
}

export const openShelf = async (workspace: Workspace, model: BenchModel): Promise<Shelf> => {
  const client = databricks(callTo(workspace, workspace.url))
  const registry = registryOf(workspace, client, model.kind)
  const name = nameOf(model)
  await registry.createModel(name)
  return {
    registry,
    version: async (champion) => {
      const { version } = await registry.createVersion(name, { source: 'dbfs:/bench/model' })
      if (model.kind === 'unity-catalog') await client.unityCatalogMlflow.finalize({ name, version })
      const evidence = evidenceOf(model, version, champion)
      const digest = digestOf(evidence)
      const path = evidencePath({ project: 'bench', target: 'dev' }, model.key, digest)
      await client.workspace.mkdirs({ path: path.slice(0, path.lastIndexOf('/')) })
      const content = Buffer.from(canonical(evidence))
      await client.workspace.upload({ path, format: 'RAW', overwrite: true, content })
      await registry.setVersionTag(name, version, 'brickrail_evidence', digest)
      return version
    },
  }
}
