import { onTestFinished } from 'vitest'
import { databricks } from '../../src/client/databricks.ts'
import { mlflowClient, type MlflowClient } from '../../src/client/mlflow.ts'
import type { RegistryKind } from '../../src/plan/state-policy.ts'
import type { MlflowRunStatus } from '../../src/wire/tracking.ts'
import { callTo, openStage, projectOf, type Stage } from '../safety/model-stage.ts'
import { createHarness, type Harness, type Ran } from '../support/harness.ts'

export const experiment = '/Shared/prices'
export const commit = '1a'.repeat(20)

/** As `mlflow.sklearn.log_model` writes it, without what nobody asks for. */
export const mlmodel = (columns: readonly string[] = ['a', 'b']): string =>
  JSON.stringify({
    artifact_path: 'model',
    saved_input_example_info: { artifact_path: 'input_example.json', type: 'dataframe' },
    signature: {
      inputs: JSON.stringify(columns.map((name) => ({ type: 'double', name, required: true }))),
      outputs: JSON.stringify([{ type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1] } }]),
      params: null,
    },
  })

export interface Logged {
  metrics?: Record<string, number | string>
  status?: MlflowRunStatus
  /** Artifact path -> content. */
  files?: Record<string, string>
  tags?: Record<string, string>
  /** ms since 1970. */
  start?: number
  name?: string
}

const model = {
  'model/MLmodel': mlmodel(),
  'model/input_example.json': '{}',
  'model/requirements.txt': 'x==1\n',
}

export interface Training {
  harness: Harness
  stage: Stage
  mlflow: MlflowClient
  /** Id of a run as a training leaves it: finished, with a model, unless told otherwise. */
  trained: (logged?: Logged) => Promise<string>
  /** A command with `-o json`. */
  asks: (
    command: string,
    args?: readonly string[],
    env?: Record<string, string>,
  ) => Promise<Ran & { data: Document }>
}

interface Document {
  ok: boolean
  result?: { models: Record<string, unknown>[]; outputs: Record<string, string> }
  verdicts?: {
    version: string
    verdict: string
    checks: { check: string; status: string; code?: string }[]
  }[]
  warnings: { message: string }[]
  failure?: { code: string; message: string; hint: string }
}

const fromRuns = (more: string): string =>
  `candidate: { from_runs: { experiment: ${experiment}, filter: "tags.commit = '${commit}'", artifact: model }, order: [{ metric: rmse, direction: min }]${more} }`

/** A policy that chooses among runs; `choice` goes on with the rule. */
export const choosing = (choice = ''): string[] => [fromRuns(choice)]

export const openTraining = async (kind: RegistryKind, policy: readonly string[]): Promise<Training> => {
  const harness = createHarness(projectOf(kind, policy))
  onTestFinished(() => harness.close())
  const { emulator } = harness
  const client = databricks(callTo(emulator))
  const mlflow =
    kind === 'mlflow' ? mlflowClient(callTo(emulator, 'http://workspace.test/mlflow')) : client.mlflow
  const upload = async (run_id: string, path: string, text: string): Promise<void> => {
    const content = Buffer.from(text)
    if (kind === 'mlflow') {
      const uri = (await mlflow.run(run_id))?.info.artifact_uri ?? ''
      await mlflow.proxy.upload({ path: `${uri.replace('mlflow-artifacts:/', '')}/${path}`, content })
      return
    }
    const { credential_infos: [signed] = [] } = await client.mlflow.credentials.forWrite({
      run_id,
      path: [path],
    })
    await emulator.fetch(signed?.signed_uri ?? '', { method: 'PUT', body: content })
  }
  let count = 0
  const trained: Training['trained'] = async (logged = {}) => {
    const { metrics = { rmse: 1, r2: 0.9 }, status = 'FINISHED', files = model, tags = { commit } } = logged
    const found = await mlflow.experimentNamed(experiment)
    const experiment_id =
      found?.experiment_id ?? (await mlflow.tracking.createExperiment({ name: experiment })).experiment_id
    const { run } = await mlflow.tracking.createRun({
      experiment_id,
      start_time: logged.start ?? (count += 1),
      run_name: logged.name ?? `run ${count}`,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    })
    const { run_id } = run.info
    for (const [key, value] of Object.entries(metrics))
      await mlflow.tracking.logMetric({ run_id, key, value, timestamp: 1, step: 0 })
    await mlflow.tracking.logParameter({ run_id, key: 'depth', value: '3' })
    for (const [path, text] of Object.entries(files)) await upload(run_id, path, text)
    await mlflow.tracking.updateRun({ run_id, status, end_time: 2 })
    return run_id
  }
  const stage = await openStage(kind, emulator)
  const asks: Training['asks'] = async (command, args = [], env = {}) => {
    const world = {
      DATABRICKS_HOST: 'http://workspace.test',
      DATABRICKS_TOKEN: emulator.token,
      BRICKRAIL_TARGET: 'dev',
      HOME: harness.folder,
      ...env,
    }
    const ran = await harness.run(command, [...args, '-o', 'json'], { env: world })
    return { ...ran, data: JSON.parse(ran.stdout) as Document }
  }
  return { harness, stage, mlflow, trained, asks }
}
