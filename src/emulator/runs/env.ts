/** What code finds in its environment, be it a task of a run or a command context. */
import { randomBytes } from 'node:crypto'
import { findRecord } from '../cluster/record.ts'
import { addToken } from '../server/principals.ts'
import type { Store } from '../server/store.ts'

/** A personal access token for one run, good once it is kept. */
export const newToken = (): string => `dapi${randomBytes(16).toString('hex')}`

/** It has no end of its own: `revokeToken`. */
export const keepToken = (db: Store, token: string, user: string): void =>
  addToken(db, token, user, undefined)

export const revokeToken = (db: Store, token: string | undefined): void => {
  if (token !== undefined) db.run('DELETE FROM tokens WHERE token = ?', token)
}

export interface RunEnvironment {
  /** https://docs.databricks.com/dev-tools/auth/env-vars */
  url: string
  token: string
  /** Whose run it is. */
  user: string
  /** Its runtime version and spark_env_vars reach the code. */
  cluster: string | undefined
  /** scope -> key -> value, as far as the run's user may read them. */
  secretScopes: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** https://docs.databricks.com/security/secrets/secrets-spark-conf-env-var: the whole value, or none of it. */
const secretPath = /^\{\{secrets\/([^/{}]+)\/([^/{}]+)\}\}$/

const resolved = (value: string, scopes: RunEnvironment['secretScopes']): string => {
  const [, scope, key] = secretPath.exec(value) ?? []
  if (scope === undefined || key === undefined) return value
  // Scope names are case insensitive.
  const [, keys = {}] =
    Object.entries(scopes).find(([name]) => name.toLowerCase() === scope.toLowerCase()) ?? []
  const found = Object.entries(keys).find(([name]) => name === key)
  if (found !== undefined) return found[1]
  throw new Error(`Secret does not exist with scope: ${scope} and key: ${key}`)
}

/** The interpreter of the real runtime is not here, and Spark would look for it. */
const foreign = ([name, value]: [string, string]): boolean =>
  name.startsWith('PYSPARK_') && value.startsWith('/databricks/')

/**
 * Variables beside the minimal ones that compute sets itself (see `baseEnvironment`): the cluster's spark_env_vars, where
 * this workspace is, with what token, and the runtime version.
 * @throws Error for a reference to a secret that is not there, or that the run's user may not read
 */
export const runEnvironment = (
  db: Store,
  { url, token, user, cluster, secretScopes }: RunEnvironment,
): Record<string, string> => {
  const spec = cluster === undefined ? undefined : findRecord(db, cluster)?.spec
  const declared = Object.entries(spec?.spark_env_vars ?? {})
    .filter((entry) => !foreign(entry))
    .map(([name, value]) => [name, resolved(value, secretScopes)])
  return {
    ...Object.fromEntries(declared),
    DATABRICKS_HOST: url,
    DATABRICKS_TOKEN: token,
    MLFLOW_TRACKING_URI: 'databricks',
    // Whom MLflow's client names as the user of what it logs: not the one who started this process.
    LOGNAME: user,
    // MLflow 3 would report its use to its makers, and warn where there is no git.
    MLFLOW_DISABLE_TELEMETRY: 'true',
    GIT_PYTHON_REFRESH: 'quiet',
    // Without a cluster there is only the version of a serverless client; the newest LTS stands for it.
    DATABRICKS_RUNTIME_VERSION: /^\d+\.\d+/.exec(spec?.spark_version ?? '')?.[0] ?? '16.4',
  }
}
