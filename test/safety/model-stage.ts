import { mlflowClient } from '../../src/client/mlflow.ts'
import { databricks } from '../../src/client/databricks.ts'
import { mlflowRegistry } from '../../src/client/registry/mlflow.ts'
import type { Registry } from '../../src/client/registry/registry.ts'
import { unityCatalogRegistry } from '../../src/client/registry/unity-catalog.ts'
import { workspaceRegistry } from '../../src/client/registry/workspace.ts'
import { digestOf } from '../../src/cli/model/evidence.ts'
import type { Emulator } from '../../src/emulator/emulator.ts'
import { createCall, type Call } from '../../src/http/call.ts'
import { createLimiter } from '../../src/http/limiter.ts'
import { evidencePath } from '../../src/ledger/model-places.ts'
import { canonical } from '../../src/plan/canonical.ts'
import type { Evidence } from '../../src/plan/state-evidence.ts'
import type { RegistryKind } from '../../src/plan/state-policy.ts'
import { virtualClock } from '../support/harness.ts'

const host = 'http://workspace.test'

/** When evidence was made, and when the stories begin. */
export const madeAt = '2026-11-21T11:00:00.000Z'

export const place = { project: 'tiny', target: 'dev' }
export const key = 'prices'

export const nameOf = (kind: RegistryKind): string => (kind === 'unity-catalog' ? 'main.models.prices' : key)

const refs: Readonly<Record<RegistryKind, string>> = {
  workspace: 'workspace',
  'unity-catalog': 'unity-catalog',
  mlflow: `{ kind: mlflow, uri: "${host}/mlflow", token: DATABRICKS_TOKEN }`,
}

/** A project with one model: a metric has a bound, and nobody has to approve unless `more` says so. */
export const projectOf = (kind: RegistryKind, more: readonly string[] = []): Record<string, string> => ({
  'pipelines/brickrail.yml': [
    'name: tiny',
    'targets: { dev: { host: "${env.DATABRICKS_HOST}" } }',
    `models: { ${key}: models/${key}.yml }`,
    '',
  ].join('\n'),
  [`pipelines/models/${key}.yml`]: [
    `model: ${nameOf(kind)}`,
    `registry: ${refs[kind]}`,
    'on_first_release: { allow: true, requires_approval: false }',
    'checks: { metrics: [{ name: r2, min: 0.8 }] }',
    ...more,
    '',
  ].join('\n'),
})

/** The registry of a kind, and the workspace that keeps ledger and evidence, as somebody beside the runs sees them. */
export interface Stage {
  kind: RegistryKind
  name: string
  registry: Registry
  client: ReturnType<typeof databricks>
  /** A READY version; with evidence that has this r2, unless it was never evaluated. */
  version(r2?: number, champion?: string): Promise<string>
  /** Put evidence on a version that is there. */
  evaluate(version: string, r2: number, champion?: string): Promise<string>
}

export const callTo = ({ fetch, token }: Pick<Emulator, 'fetch' | 'token'>, at: string = host): Call => {
  const clock = virtualClock()
  const tokens = { method: 'pat', renewable: false, get: async () => token }
  return createCall({ host: at, fetch, tokens, clock, limiter: createLimiter(clock), userAgent: 'test' })
}

const registryOf = (kind: RegistryKind, emulator: Pick<Emulator, 'fetch' | 'token'>): Registry => {
  const client = databricks(callTo(emulator))
  if (kind === 'workspace') return workspaceRegistry(client.mlflow, host)
  if (kind === 'unity-catalog') return unityCatalogRegistry(client.unityCatalogMlflow, host)
  return mlflowRegistry(mlflowClient(callTo(emulator, `${host}/mlflow`)), 'both', `${host}/mlflow`)
}

const evidenceOf = (kind: RegistryKind, version: string, r2: number, champion?: string): Evidence => ({
  version: 1,
  model: { key, name: nameOf(kind), registry: kind, version, status: 'READY' },
  trainer: 'trainer@example.com',
  ...(champion === undefined ? {} : { champion: { version: champion } }),
  policy: 'policy',
  commit: '0'.repeat(40),
  at: madeAt,
  lineage: {},
  logged: { r2 },
  tests: [],
  tags: {},
})

export const openStage = async (
  kind: RegistryKind,
  emulator: Pick<Emulator, 'fetch' | 'token'>,
): Promise<Stage> => {
  const [registry, name, client] = [registryOf(kind, emulator), nameOf(kind), databricks(callTo(emulator))]
  const evaluate: Stage['evaluate'] = async (version, r2, champion) => {
    const evidence = evidenceOf(kind, version, r2, champion)
    const digest = digestOf(evidence)
    const path = evidencePath(place, key, digest)
    await client.workspace.mkdirs({ path: path.slice(0, path.lastIndexOf('/')) })
    const content = Buffer.from(canonical(evidence))
    await client.workspace.upload({ path, format: 'RAW', overwrite: true, content })
    await registry.setVersionTag(name, version, 'brickrail_evidence', digest)
    return digest
  }
  if (!(await registry.model(name))) await registry.createModel(name)
  return {
    kind,
    name,
    registry,
    client,
    evaluate,
    version: async (r2, champion) => {
      const { version } = await registry.createVersion(name, { source: 'dbfs:/models/prices' })
      if (kind === 'unity-catalog') await client.unityCatalogMlflow.finalize({ name, version })
      for (
        let looks = 0;
        looks < 5 && (await registry.version(name, version))?.status !== 'READY';
        looks += 1
      );
      if (r2 !== undefined) await evaluate(version, r2, champion)
      return version
    },
  }
}
