import { beforeAll, describe, expect, it } from 'vitest'
import type { MlflowSubject } from './mlflow-subject.ts'
import { missing, newExperiment, newRun, refusal, statusOf } from './tracking-cases.ts'

const life = (subject: MlflowSubject, where: () => string): void => {
  const { loggedModels, tracking } = subject.client
  const create = async (more: object = {}) =>
    (await loggedModels.create({ experiment_id: where(), ...more })).model.info

  it('is created pending, with a place for its artifacts', async () => {
    const { run_id } = (await newRun(subject, where())).info
    const params = [{ key: 'depth', value: '3' }]
    const tags = [{ key: 'team', value: 'risk' }]
    const about = { name: 'forest', model_type: 'classifier', source_run_id: run_id }
    const { model } = await loggedModels.create({ experiment_id: where(), ...about, params, tags })
    expect(model.info).toMatchObject({
      ...about,
      experiment_id: where(),
      status: 'LOGGED_MODEL_PENDING',
      tags,
    })
    expect(model.info.model_id).toMatch(/^m-[0-9a-f]{32}$/)
    expect(model.info.artifact_uri).toMatch(
      new RegExp(`/${where()}/(logged_)?models/${model.info.model_id}/artifacts$`),
    )
    expect(model.data?.params).toEqual(params)
    expect((await loggedModels.get({ model_id: model.info.model_id })).model).toEqual(model)
  })

  it('is finalized', async () => {
    const { model_id } = await create()
    const { model } = await loggedModels.finalize({ model_id, status: 'LOGGED_MODEL_READY' })
    expect(model.info).toMatchObject({ model_id, status: 'LOGGED_MODEL_READY' })
    await loggedModels.finalize({ model_id, status: 'LOGGED_MODEL_UPLOAD_FAILED' })
    expect((await loggedModels.get({ model_id })).model.info.status).toBe('LOGGED_MODEL_UPLOAD_FAILED')
    // @ts-expect-error it is needed
    expect(await refusal(loggedModels.finalize({ model_id }))).toBe('400 INVALID_PARAMETER_VALUE')
  })

  it('has tags that change, and params that do not', async () => {
    const { model_id } = await create({ tags: [{ key: 'a', value: '1' }] })
    const get = async () => (await loggedModels.get({ model_id })).model
    await loggedModels.setTags({
      model_id,
      tags: [
        { key: 'a', value: '2' },
        { key: 'b', value: '3' },
      ],
    })
    expect((await get()).info.tags).toEqual([
      { key: 'a', value: '2' },
      { key: 'b', value: '3' },
    ])
    await loggedModels.deleteTag({ model_id, tag_key: 'a' })
    expect((await get()).info.tags).toEqual([{ key: 'b', value: '3' }])
    expect(await missing(loggedModels.deleteTag({ model_id, tag_key: 'a' }))).toBe(true)
    expect(await loggedModels.logParams({ model_id, params: [{ key: 'p', value: '1' }] })).toEqual({})
    expect((await get()).data?.params).toEqual([{ key: 'p', value: '1' }])
    expect(await statusOf(loggedModels.logParams({ model_id, params: [{ key: 'p', value: '2' }] }))).toBe(400)
  })

  it('has the metrics that runs log for it', async () => {
    const { model_id } = await create()
    const { run_id } = (await newRun(subject, where())).info
    const about = { model_id, dataset_name: 'prices', dataset_digest: 'd1' }
    const metric = { key: 'rmse', value: 0.5, timestamp: 7, step: 2 }
    await tracking.logMetric({ run_id, ...metric, ...about })
    await tracking.logBatch({ run_id, metrics: [{ ...metric, key: 'mae', model_id }] })
    const { model } = await loggedModels.get({ model_id })
    expect(model.data?.metrics).toHaveLength(2)
    expect(model.data?.metrics).toContainEqual({ ...metric, ...about, run_id })
    expect((await tracking.getRun({ run_id })).run.data.metrics).toContainEqual(metric)
  })

  it('is gone when it is deleted', async () => {
    const { model_id } = await create()
    expect(await loggedModels.delete({ model_id })).toEqual({})
    expect(await missing(loggedModels.get({ model_id }))).toBe(true)
    expect(
      (await loggedModels.search({ experiment_ids: [where()], filter: `model_id = '${model_id}'` })).models,
    ).toBeUndefined()
  })

  it('is missed, and needs a proper name and experiment', async () => {
    const model_id = `m-${'0'.repeat(32)}`
    expect(await missing(loggedModels.get({ model_id }))).toBe(true)
    expect(await missing(loggedModels.delete({ model_id }))).toBe(true)
    expect(await missing(loggedModels.finalize({ model_id, status: 'LOGGED_MODEL_READY' }))).toBe(true)
    expect(await missing(loggedModels.create({ experiment_id: '999999999' }))).toBe(true)
    for (const name of ['a/b', 'a:b', 'a.b', 'a%b', "it's"])
      expect(await refusal(create({ name }))).toBe('400 INVALID_PARAMETER_VALUE')
  })
}

const search = (subject: MlflowSubject): void => {
  const { loggedModels, tracking } = subject.client
  let experiment_id = ''
  const ids: string[] = []
  beforeAll(async () => {
    experiment_id = await newExperiment(subject, 'models')
    const { run_id } = (await newRun(subject, experiment_id)).info
    for (const index of [0, 1, 2]) {
      const params = [{ key: 'depth', value: `${index}` }]
      const tags = [{ key: 'team', value: `team${index}` }]
      const about = { name: `model${index}`, model_type: index === 0 ? 'rule' : 'net', params, tags }
      const { model_id } = (await loggedModels.create({ experiment_id, ...about })).model.info
      ids.push(model_id)
      await new Promise((resolve) => setTimeout(resolve, 3))
      if (index === 2) continue
      const data = { dataset_name: 'prices', dataset_digest: `d${index}` }
      await tracking.logMetric({ run_id, key: 'r2', value: 0.9 - index, timestamp: 1, model_id, ...data })
    }
  })
  const found = async (more: object): Promise<string> => {
    const { models = [] } = await loggedModels.search({ experiment_ids: [experiment_id], ...more })
    return models.map(({ info }) => ids.indexOf(info.model_id)).join('')
  }

  it.each([
    ['', '210'],
    ["name = 'model1'", '1'],
    ["name LIKE 'model%'", '210'],
    ["name IN ('model0', 'model2')", '20'],
    ["model_type != 'rule'", '21'],
    ["attributes.model_type = 'rule'", '0'],
    ["params.depth = '2'", '2'],
    ["tags.team ILIKE 'TEAM1' AND params.depth = '1'", '1'],
    ['metrics.r2 > 0.5', '0'],
    ['metrics.r2 < 0.5', '1'],
    ['creation_timestamp > 0', '210'],
  ])('takes the filter «%s»', async (filter, expected) => {
    expect(await found({ filter })).toBe(expected)
  })

  it.each(["name = 'a' OR name = 'b'", "metrics.r2 > 0 OR name = 'a'", "name > 'a'", 'metrics.r2 LIKE 1'])(
    'refuses the filter %s',
    async (filter) => {
      expect(
        await statusOf(loggedModels.search({ experiment_ids: [experiment_id], filter })),
      ).toBeGreaterThan(399)
    },
  )

  it('looks at datasets', async () => {
    // A plain server takes a digest that is not given for «without a digest».
    const any = subject.face === 'databricks' ? '10' : ''
    expect(await found({ datasets: [{ dataset_name: 'prices' }] })).toBe(any)
    const datasets = [{ dataset_name: 'prices', dataset_digest: 'd0' }]
    expect(await found({ datasets })).toBe('0')
    expect(await found({ datasets, filter: 'metrics.r2 < 0.5' })).toBe('')
  })

  it('orders, by what is missing last', async () => {
    expect(await found({ order_by: [{ field_name: 'metrics.r2' }] })).toBe('102')
    expect(await found({ order_by: [{ field_name: 'metrics.r2', ascending: false }] })).toBe('012')
    expect(await found({ order_by: [{ field_name: 'name' }] })).toBe('012')
    expect(await found({ order_by: [{ field_name: 'creation_timestamp', ascending: true }] })).toBe('012')
    const wrong = loggedModels.search({ experiment_ids: [experiment_id], order_by: [{ field_name: 'foo' }] })
    expect(await refusal(wrong)).toBe('400 INVALID_PARAMETER_VALUE')
  })

  it('comes in pages', async () => {
    const of = { experiment_ids: [experiment_id], max_results: 2 }
    const first = await loggedModels.search(of)
    const next = await loggedModels.search({ ...of, page_token: first.next_page_token ?? '' })
    expect([first.models?.length, next.models?.length, next.next_page_token]).toEqual([2, 1, undefined])
    expect(await statusOf(loggedModels.search({}))).toBe(400)
  })
}

/** Logged models of MLflow 3, on any server of it. */
export const loggedModelsSuite = (subject: MlflowSubject): void =>
  void describe(`logged models on ${subject.title}`, () => {
    let experiment_id = ''
    beforeAll(async () => {
      experiment_id = await newExperiment(subject, 'logged')
    })
    describe('a logged model', () => {
      life(subject, () => experiment_id)
    })
    describe('search for logged models', () => {
      search(subject)
    })
  })
