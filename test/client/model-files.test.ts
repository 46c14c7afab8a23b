import { expect, it, onTestFinished } from 'vitest'
import { databricks } from '../../src/client/databricks.ts'
import { filesAt } from '../../src/client/model-files.ts'
import { callTo } from '../safety/model-stage.ts'
import { createHarness } from '../support/harness.ts'

const open = async () => {
  const harness = createHarness({})
  onTestFinished(() => harness.close())
  const client = databricks(callTo(harness.emulator))
  const { tracking } = client.mlflow
  const { experiment_id } = await tracking.createExperiment({ name: '/Shared/m' })
  const { run } = await tracking.createRun({ experiment_id, start_time: 1 })
  const { fetch } = harness.emulator
  const files = await filesAt(
    { mlflow: client.mlflow, databricks: client, fetch },
    `runs:/${run.info.run_id}/m`,
  )
  return { harness, files }
}

it.each([
  ['a folder that holds itself', { path: 'm', is_dir: true }],
  ['a file of another folder', { path: 'other/x', is_dir: false }],
  ['a file above', { path: 'm/../../x', is_dir: false }],
])('a list with %s is not followed', async (_name, file) => {
  const { harness, files } = await open()
  const path = '/api/2.0/mlflow/artifacts/list'
  await harness.control('faults', { method: 'GET', path, status: 200, body: { files: [file] }, times: 0 })
  await expect(files.list()).rejects.toMatchObject({ code: 'MODEL_FILES_UNREADABLE' })
})
