import type { Hono } from 'hono'
import { registryDatabricks } from '../wire/registry-databricks.ts'
import { registry, registryAliases } from '../wire/registry.ts'
import { unityCatalogMlflow } from '../wire/unity-catalog-mlflow.ts'
import { unityCatalog } from '../wire/unity-catalog.ts'
import { registryDatabricksHandlers } from './registry-databricks.ts'
import { registryAliasesHandlers, registryHandlers } from './registry.ts'
import { mlflowRoot, mount, type Services } from './server/router.ts'
import { unityCatalogMlflowHandlers } from './unity-catalog-mlflow.ts'
import { unityCatalogHandlers } from './unity-catalog.ts'

/** The three registries of models: of the workspace, of Unity Catalog, and of the plain MLflow server. */
export const mountRegistries = (app: Hono, services: Services): void => {
  for (const root of ['', mlflowRoot] as const) {
    mount(app, services, registry, registryHandlers, root)
    mount(app, services, registryAliases, registryAliasesHandlers, root)
  }
  mount(app, services, registryDatabricks, registryDatabricksHandlers)
  mount(app, services, unityCatalog, unityCatalogHandlers)
  mount(app, services, unityCatalogMlflow, unityCatalogMlflowHandlers)
}
