import { describe, expect, it } from 'vitest'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { plainFace, workspaceFace } from './mlflow-subject.ts'
import { protocolSuite } from './mlflow-protocol.ts'
import { missing, newExperiment, newRun, refusal } from './tracking-cases.ts'
import { trackingSuite } from './tracking-suite.ts'

const workspace = await workspaceFace()
const plain = plainFace()

trackingSuite(workspace)
trackingSuite(plain)
protocolSuite(plain)

describe('tracking of a workspace only', () => {
  const { tracking } = workspace.client
  const only = workspace.databricks?.trackingDatabricks

  it('names experiments by absolute paths in folders that exist', async () => {
    for (const name of ['plain', 'a/b'])
      expect(await refusal(tracking.createExperiment({ name }))).toBe('400 INVALID_PARAMETER_VALUE')
    const name = `/Shared/${workspace.unique('no-folder')}/experiment`
    expect(await missing(tracking.createExperiment({ name }))).toBe(true)
  })

  it('lists experiments', async () => {
    const experiment_id = await newExperiment(workspace, 'listed')
    const { experiments = [] } = (await only?.listExperiments({})) ?? {}
    expect(experiments.map((experiment) => experiment.experiment_id)).toContain(experiment_id)
  })

  it('deletes and restores the runs of a time', async () => {
    const experiment_id = await newExperiment(workspace, 'bulk')
    for (const start_time of [1, 2, 3]) await newRun(workspace, experiment_id, { start_time })
    const left = async () => {
      const { runs = [] } = await tracking.searchRuns({ experiment_ids: [experiment_id] })
      return runs.map(({ info }) => info.start_time)
    }
    const until = { experiment_id, max_timestamp_millis: 2 }
    expect(await only?.deleteRuns({ ...until, max_runs: 1 })).toEqual({ runs_deleted: 1 })
    expect(await left()).toEqual([3, 2])
    expect(await only?.deleteRuns(until)).toEqual({ runs_deleted: 1 })
    expect(await only?.restoreRuns({ experiment_id, min_timestamp_millis: 1 })).toEqual({ runs_restored: 2 })
    expect(await left()).toEqual([3, 2, 1])
  })
})

describe('the two faces of the emulator', () => {
  it('know nothing of each other', async () => {
    const name = `/Shared/${workspace.unique('face')}`
    const { experiment_id } = await plain.client.tracking.createExperiment({ name })
    const { run_id } = (await newRun(plain, experiment_id)).info
    const { tracking } = workspace.client
    expect(await missing(tracking.getExperimentByName({ experiment_name: name }))).toBe(true)
    expect(await missing(tracking.getRun({ run_id }))).toBe(true)
    expect(await missing(tracking.getExperiment({ experiment_id: '0' }))).toBe(true)
  })
})

exercisesEveryEndpointOf('tracking', workspace)
