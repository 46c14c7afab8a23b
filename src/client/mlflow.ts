import type { Call } from '../http/call.ts'
import { pages, pagesBy } from '../http/pages.ts'
import {
  artifactCredentials,
  artifactProxy,
  artifacts,
  loggedModelArtifacts,
  modelFiles,
} from '../wire/artifacts.ts'
import { loggedModels } from '../wire/logged-models.ts'
import { registryDatabricks } from '../wire/registry-databricks.ts'
import { registry, registryAliases, type ModelVersion, type RegisteredModel } from '../wire/registry.ts'
import {
  tracking,
  trackingDatabricks,
  type Experiment,
  type MlflowRun,
  type SearchRuns,
} from '../wire/tracking.ts'
import { orAbsent } from './absent.ts'
import { bind, type Bound } from './bind.ts'

/** What MLflow servers and Databricks workspaces have in common. */
export interface MlflowClient {
  readonly tracking: Bound<typeof tracking>
  readonly loggedModels: Bound<typeof loggedModels>
  readonly artifacts: Bound<typeof artifacts>
  readonly registry: Bound<typeof registry>
  /** Not in the workspace registry of Databricks. */
  readonly aliases: Bound<typeof registryAliases>
  /** Only an MLflow server's. */
  readonly proxy: Bound<typeof artifactProxy>
  /** `undefined` when there is none of that name. */
  experimentNamed(name: string): Promise<Experiment | undefined>
  run(run_id: string): Promise<MlflowRun | undefined>
  /** All runs of a search, in its order; `most` ends it early. */
  runs(search: SearchRuns, most?: number): Promise<MlflowRun[]>
  models(filter?: string): Promise<RegisteredModel[]>
  /** Every version of a model that is not deleted; aliases are not filled in. */
  versionsOf(name: string): Promise<ModelVersion[]>
}

/** What only a Databricks workspace has. */
export interface MlflowDatabricksClient extends MlflowClient {
  readonly credentials: Bound<typeof artifactCredentials>
  readonly loggedModelArtifacts: Bound<typeof loggedModelArtifacts>
  /** Files of models in Unity Catalog. */
  readonly modelFiles: Bound<typeof modelFiles>
  readonly databricks: Bound<typeof registryDatabricks>
  readonly trackingDatabricks: Bound<typeof trackingDatabricks>
}

/** The API takes no more: 50,000 runs, 10,000 versions (Databricks), 1,000 models. */
const pageOf = { runs: 1000, versions: 10_000, models: 1000 }

/** In a filter a quote cannot be escaped, so the other kind is used; no name holds both. */
export const quoted = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`)

const searchRuns = (call: Call, search: SearchRuns, most: number): Promise<MlflowRun[]> =>
  pagesBy(
    (next, soFar) =>
      call(tracking.searchRuns, {
        ...search,
        max_results: Math.min(pageOf.runs, most - soFar),
        ...next,
      }),
    ({ runs }) => runs,
    most,
  )

export const mlflowClient = (call: Call): MlflowClient => {
  const bound = bind(call, tracking)
  return {
    tracking: bound,
    loggedModels: bind(call, loggedModels),
    artifacts: bind(call, artifacts),
    registry: bind(call, registry),
    aliases: bind(call, registryAliases),
    proxy: bind(call, artifactProxy),
    experimentNamed: async (experiment_name) =>
      (await orAbsent(bound.getExperimentByName({ experiment_name })))?.experiment,
    run: async (run_id) => (await orAbsent(bound.getRun({ run_id })))?.run,
    runs: (search, most = Infinity) => searchRuns(call, search, most),
    models: (filter) =>
      pages(
        call,
        registry.searchModels,
        { max_results: pageOf.models, ...(filter === undefined ? {} : { filter }) },
        'registered_models',
      ),
    versionsOf: (name) =>
      pages(
        call,
        registry.searchVersions,
        { max_results: pageOf.versions, filter: `name=${quoted(name)}` },
        'model_versions',
      ),
  }
}

export const mlflowDatabricksClient = (call: Call): MlflowDatabricksClient => ({
  ...mlflowClient(call),
  credentials: bind(call, artifactCredentials),
  loggedModelArtifacts: bind(call, loggedModelArtifacts),
  modelFiles: bind(call, modelFiles),
  databricks: bind(call, registryDatabricks),
  trackingDatabricks: bind(call, trackingDatabricks),
})
