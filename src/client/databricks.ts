import type { Call } from '../http/call.ts'
import { commands } from '../wire/commands.ts'
import { identity } from '../wire/identity.ts'
import { libraries } from '../wire/libraries.ts'
import { permissions } from '../wire/permissions.ts'
import { secrets } from '../wire/secrets.ts'
import { unityCatalogMlflow } from '../wire/unity-catalog-mlflow.ts'
import { unityCatalog } from '../wire/unity-catalog.ts'
import { workspaceFiles } from '../wire/workspace-files.ts'
import { bind, type Bound } from './bind.ts'
import { clustersClient, type ClustersClient } from './clusters.ts'
import { dbfsClient, type DbfsClient } from './dbfs.ts'
import { jobsClient, type JobsClient } from './jobs.ts'
import { mlflowDatabricksClient, type MlflowDatabricksClient } from './mlflow.ts'
import { workspaceClient, type WorkspaceClient } from './workspace.ts'

/** One member per API family. */
export interface Databricks {
  readonly clusters: ClustersClient
  readonly libraries: Bound<typeof libraries>
  readonly workspace: WorkspaceClient
  readonly workspaceFiles: Bound<typeof workspaceFiles>
  readonly identity: Bound<typeof identity>
  readonly permissions: Bound<typeof permissions>
  readonly jobs: JobsClient
  readonly dbfs: DbfsClient
  readonly secrets: Bound<typeof secrets>
  readonly commands: Bound<typeof commands>
  readonly mlflow: MlflowDatabricksClient
  /** Models in Unity Catalog: the public API, and that of MLflow's client. */
  readonly unityCatalog: Bound<typeof unityCatalog>
  readonly unityCatalogMlflow: Bound<typeof unityCatalogMlflow>
}

export const databricks = (call: Call): Databricks => ({
  clusters: clustersClient(call),
  libraries: bind(call, libraries),
  workspace: workspaceClient(call),
  workspaceFiles: bind(call, workspaceFiles),
  identity: bind(call, identity),
  permissions: bind(call, permissions),
  jobs: jobsClient(call),
  dbfs: dbfsClient(call),
  secrets: bind(call, secrets),
  commands: bind(call, commands),
  mlflow: mlflowDatabricksClient(call),
  unityCatalog: bind(call, unityCatalog),
  unityCatalogMlflow: bind(call, unityCatalogMlflow),
})
