import { beforeAll, describe, expect, it } from 'vitest'
import type { MlflowSubject } from './mlflow-subject.ts'
import { missing, newExperiment, newRun, refusal, statusOf } from './tracking-cases.ts'

export const runCases = (subject: MlflowSubject): void => {
  const { tracking } = subject.client
  let experiment_id = ''
  beforeAll(async () => {
    experiment_id = await newExperiment(subject, 'runs')
  })
  const get = async (run_id: string) => (await tracking.getRun({ run_id })).run
  const tagOf = async (run_id: string, key: string) =>
    (await get(run_id)).data.tags?.find((tag) => tag.key === key)?.value

  describe('a run', () => {
    it('is created with a name and a place for its artifacts', async () => {
      const tags = [{ key: 'mlflow.source.git.commit', value: 'abc' }]
      const { run } = await tracking.createRun({ experiment_id, run_name: 'first', start_time: 1234, tags })
      const { info } = run
      expect(info).toMatchObject({ experiment_id, run_name: 'first', status: 'RUNNING', start_time: 1234 })
      expect(info).toMatchObject({ lifecycle_stage: 'active', run_uuid: info.run_id })
      expect(info.run_id).toMatch(/^[0-9a-f]{32}$/)
      expect(info.artifact_uri).toMatch(new RegExp(`/${experiment_id}/${info.run_id}/artifacts$`))
      expect(info.end_time).toBeUndefined()
      expect(run.data.tags).toEqual(
        expect.arrayContaining([...tags, { key: 'mlflow.runName', value: 'first' }]),
      )
      expect((await get(info.run_id)).info).toEqual(info)
    })

    it('gets a random name when it has none, in two places at once', async () => {
      const { info } = await newRun(subject, experiment_id)
      expect(info.run_name).toMatch(/^[a-z]+-[a-z]+-\d+$/)
      expect(await tagOf(info.run_id, 'mlflow.runName')).toBe(info.run_name)
      await tracking.setTag({ run_id: info.run_id, key: 'mlflow.runName', value: 'by tag' })
      expect((await get(info.run_id)).info.run_name).toBe('by tag')
      await tracking.updateRun({ run_id: info.run_id, run_name: 'by update' })
      expect(await tagOf(info.run_id, 'mlflow.runName')).toBe('by update')
      const both = { experiment_id, run_name: 'x', tags: [{ key: 'mlflow.runName', value: 'y' }] }
      expect(await statusOf(tracking.createRun(both))).toBe(400)
    })

    it('is ended; a status that nobody knows is ignored', async () => {
      const { run_id } = (await newRun(subject, experiment_id)).info
      const { run_info } = await tracking.updateRun({ run_id, status: 'FINISHED', end_time: 2345 })
      expect(run_info).toMatchObject({ status: 'FINISHED', end_time: 2345, run_id })
      // @ts-expect-error no such status
      expect((await tracking.updateRun({ run_id, status: 'DONE' })).run_info.status).toBe('FINISHED')
    })

    it('is deleted and restored; a deleted one is not written to', async () => {
      const { run_id } = (await newRun(subject, experiment_id)).info
      expect(await tracking.deleteRun({ run_id })).toEqual({})
      expect((await get(run_id)).info.lifecycle_stage).toBe('deleted')
      const writes = [
        () => tracking.logMetric({ run_id, key: 'm', value: 1, timestamp: 1 }),
        () => tracking.logParameter({ run_id, key: 'p', value: '1' }),
        () => tracking.setTag({ run_id, key: 't', value: '1' }),
        () => tracking.updateRun({ run_id, status: 'FAILED' }),
        () => tracking.logBatch({ run_id, tags: [{ key: 't', value: '1' }] }),
      ]
      for (const write of writes) expect(await refusal(write())).toBe('400 INVALID_PARAMETER_VALUE')
      expect(await tracking.restoreRun({ run_id })).toEqual({})
      expect((await get(run_id)).info.lifecycle_stage).toBe('active')
    })

    it('has tags that are set, changed and removed', async () => {
      const { run_id } = (await newRun(subject, experiment_id)).info
      await tracking.setTag({ run_uuid: run_id, key: 'stage', value: 'one' })
      await tracking.setTag({ run_id, key: 'stage', value: 'two' })
      expect(await tagOf(run_id, 'stage')).toBe('two')
      expect(await tracking.deleteTag({ run_id, key: 'stage' })).toEqual({})
      expect(await tagOf(run_id, 'stage')).toBeUndefined()
      expect(await missing(tracking.deleteTag({ run_id, key: 'stage' }))).toBe(true)
    })

    it('is missed', async () => {
      const run_id = '0'.repeat(32)
      const calls = [
        () => tracking.getRun({ run_id }),
        () => tracking.deleteRun({ run_id }),
        () => tracking.restoreRun({ run_id }),
        () => tracking.updateRun({ run_id, status: 'FAILED' }),
        () => tracking.logMetric({ run_id, key: 'm', value: 1, timestamp: 1 }),
        () => tracking.logBatch({ run_id }),
      ]
      for (const call of calls) expect(await refusal(call())).toBe('404 RESOURCE_DOES_NOT_EXIST')
      expect(await missing(tracking.createRun({ experiment_id: '999999999' }))).toBe(true)
      expect(await statusOf(tracking.createRun({ experiment_id: '' }))).toBe(400)
      expect(await refusal(tracking.getRun({ run_id: '' }))).toBe('400 INVALID_PARAMETER_VALUE')
    })
  })

  describe('what goes into a run and comes out of it', () => {
    const dataset = { name: 'prices', digest: 'd1', source_type: 'local', source: 'prices.csv', schema: '{}' }
    const tags = [{ key: 'mlflow.data.context', value: 'training' }]

    it('is kept, the first of a name and digest', async () => {
      const { run_id } = (await newRun(subject, experiment_id)).info
      const models = [{ model_id: 'm-1' }]
      expect(await tracking.logInputs({ run_id, datasets: [{ tags, dataset }], models })).toEqual({})
      await tracking.logInputs({ run_id, datasets: [{ dataset: { ...dataset, source: 'other.csv' } }] })
      await tracking.logOutputs({ run_id, models: [{ model_id: 'm-2', step: 3 }] })
      const run = await get(run_id)
      expect(run.inputs?.dataset_inputs).toEqual([{ tags, dataset }])
      expect(run.inputs?.model_inputs).toMatchObject(models)
      expect(run.outputs?.model_outputs).toEqual([{ model_id: 'm-2', step: 3 }])
      expect(await statusOf(tracking.logOutputs({ run_id }))).toBe(400)
    })

    it('is a tag, when an older client tells of a model', async () => {
      const { run_id } = (await newRun(subject, experiment_id)).info
      const model = { run_id, artifact_path: 'model', utc_time_created: '2026-01-01 00:00:00.0', flavors: {} }
      for (const artifact_path of ['one', 'two'])
        await tracking.logModel({ run_id, model_json: JSON.stringify({ ...model, artifact_path }) })
      const history: unknown = JSON.parse((await tagOf(run_id, 'mlflow.log-model.history')) ?? '')
      expect(history).toMatchObject([{ run_id, artifact_path: 'one' }, { artifact_path: 'two' }])
      for (const model_json of ['{}', 'no JSON'])
        expect(await refusal(tracking.logModel({ run_id, model_json }))).toBe('400 INVALID_PARAMETER_VALUE')
    })
  })
}
