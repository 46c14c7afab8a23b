import { beforeAll, describe, expect, it } from 'vitest'
import type { MlflowSubject } from './mlflow-subject.ts'
import { missing, newExperiment, newRun, refusal, statusOf } from './tracking-cases.ts'

const lifeOfOne = (subject: MlflowSubject): void => {
  const { tracking } = subject.client
  const stageOf = async (experiment_id: string) =>
    (await tracking.getExperiment({ experiment_id })).experiment.lifecycle_stage

  it('is created and found by id and by name', async () => {
    const name = await subject.experimentName('life')
    const tags = [{ key: 'team', value: 'risk' }]
    const { experiment_id } = await tracking.createExperiment({ name, tags })
    const { experiment } = await tracking.getExperiment({ experiment_id })
    expect(experiment).toMatchObject({ experiment_id, name, lifecycle_stage: 'active' })
    expect(experiment.tags).toEqual(expect.arrayContaining(tags))
    expect(experiment.artifact_location).toMatch(new RegExp(`^[a-z-]+:/.*\\b${experiment_id}$`))
    expect((await tracking.getExperimentByName({ experiment_name: name })).experiment).toEqual(experiment)
    expect(await refusal(tracking.createExperiment({ name }))).toBe('400 RESOURCE_ALREADY_EXISTS')
  })

  it('takes its runs along when it is deleted, and brings them back', async () => {
    const experiment_id = await newExperiment(subject)
    const { info } = await newRun(subject, experiment_id)
    const runStage = async () => (await tracking.getRun({ run_id: info.run_id })).run.info.lifecycle_stage
    expect(await tracking.deleteExperiment({ experiment_id })).toEqual({})
    expect([await stageOf(experiment_id), await runStage()]).toEqual(['deleted', 'deleted'])
    expect(await refusal(tracking.createRun({ experiment_id }))).toBe('400 INVALID_PARAMETER_VALUE')
    expect(await missing(tracking.deleteExperiment({ experiment_id }))).toBe(true)
    await tracking.restoreExperiment({ experiment_id })
    expect([await stageOf(experiment_id), await runStage()]).toEqual(['active', 'active'])
    expect(await missing(tracking.restoreExperiment({ experiment_id }))).toBe(true)
  })

  it('keeps its name when it is deleted', async () => {
    const name = await subject.experimentName('kept')
    const { experiment_id } = await tracking.createExperiment({ name })
    await tracking.deleteExperiment({ experiment_id })
    expect(await refusal(tracking.createExperiment({ name }))).toBe('400 RESOURCE_ALREADY_EXISTS')
    const found = await tracking.getExperimentByName({ experiment_name: name })
    expect(found.experiment.lifecycle_stage).toBe('deleted')
  })

  it('is renamed, but not to a name that is taken', async () => {
    const experiment_id = await newExperiment(subject)
    const other = await subject.experimentName('other')
    await tracking.createExperiment({ name: other })
    const new_name = await subject.experimentName('new')
    expect(await tracking.updateExperiment({ experiment_id, new_name })).toEqual({})
    expect((await tracking.getExperiment({ experiment_id })).experiment.name).toBe(new_name)
    expect(await statusOf(tracking.updateExperiment({ experiment_id, new_name: other }))).toBe(400)
    await tracking.deleteExperiment({ experiment_id })
    expect((await refusal(tracking.updateExperiment({ experiment_id, new_name: other }))).slice(4)).toBe(
      'INVALID_STATE',
    )
  })

  it('has tags that are set, changed and removed', async () => {
    const experiment_id = await newExperiment(subject)
    const tagsOf = async () => (await tracking.getExperiment({ experiment_id })).experiment.tags ?? []
    await tracking.setExperimentTag({ experiment_id, key: 'a b/c.d-e_f:g', value: 'one' })
    await tracking.setExperimentTag({ experiment_id, key: 'a b/c.d-e_f:g', value: 'two' })
    expect(await tagsOf()).toContainEqual({ key: 'a b/c.d-e_f:g', value: 'two' })
    await tracking.deleteExperimentTag({ experiment_id, key: 'a b/c.d-e_f:g' })
    expect((await tagsOf()).map(({ key }) => key)).not.toContain('a b/c.d-e_f:g')
    expect(await missing(tracking.deleteExperimentTag({ experiment_id, key: 'a b/c.d-e_f:g' }))).toBe(true)
    expect(await statusOf(tracking.setExperimentTag({ experiment_id, key: '/x', value: 'v' }))).toBe(400)
  })

  it.each([
    ['no name', { name: '' }],
    ['a name of 501 characters', { name: `/Shared/${'x'.repeat(493)}` }],
  ])('needs a proper name: %s', async (_, input) => {
    expect(await refusal(tracking.createExperiment(input))).toBe('400 INVALID_PARAMETER_VALUE')
  })

  it('is missed', async () => {
    expect(await missing(tracking.getExperiment({ experiment_id: '999999999' }))).toBe(true)
    expect(await missing(tracking.getExperimentByName({ experiment_name: '/no/such' }))).toBe(true)
    expect(await refusal(tracking.getExperiment({ experiment_id: 'x' }))).toBe('400 INVALID_PARAMETER_VALUE')
    expect(await refusal(tracking.getExperiment({ experiment_id: '' }))).toBe('400 INVALID_PARAMETER_VALUE')
  })
}

const search = (subject: MlflowSubject): void => {
  const { tracking } = subject.client
  const ids: string[] = []
  let word = ''
  const like = () => `name LIKE '%${word}%'`
  const found = async (filter: string, more: object = {}) => {
    const { experiments = [] } = await tracking.searchExperiments({ max_results: 100, filter, ...more })
    return experiments.map(({ experiment_id }) => ids.indexOf(experiment_id))
  }

  beforeAll(async () => {
    word = subject.unique('s')
    for (const [index, team] of ['a', 'b', 'c'].entries()) {
      const name = `${await subject.experimentName('found')}-${word}-${index}`
      const tags = [{ key: 'team', value: team }]
      ids.push((await tracking.createExperiment({ name, tags })).experiment_id)
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
    await tracking.deleteExperiment({ experiment_id: ids[2] ?? '' })
  })

  it('shows the newest first, deleted ones when they are asked for', async () => {
    expect(await found(like())).toEqual([1, 0])
    expect(await found(like(), { view_type: 'DELETED_ONLY' })).toEqual([2])
    expect(await found(like(), { view_type: 'ALL' })).toEqual([2, 1, 0])
  })

  it('filters and orders', async () => {
    expect(await found(`${like()} AND tags.team = 'a'`)).toEqual([0])
    expect(await found(`${like()} AND tags.team != 'a'`)).toEqual([1])
    expect(await found(`${like()} AND tags.none != 'a'`)).toEqual([])
    expect(await found(`${like()} and tag.\`team\` ILIKE 'B'`)).toEqual([1])
    expect(await found(`${like()} AND tags.none IS NULL`)).toEqual([1, 0])
    expect(await found(`${like()} AND creation_time > 0 AND last_update_time >= 0`)).toEqual([1, 0])
    expect(await found(like().toUpperCase().replace('NAME', 'name'))).toEqual([])
    expect(await found(like(), { order_by: ['name ASC'] })).toEqual([0, 1])
    expect(await found(like(), { order_by: ['creation_time'] })).toEqual([0, 1])
    expect(await found(like(), { order_by: ['last_update_time DESC', 'name'] })).toEqual([1, 0])
  })

  it('comes in pages, by POST and by GET', async () => {
    const first = await tracking.searchExperiments({ max_results: 1, filter: like() })
    expect(first.experiments).toHaveLength(1)
    const page_token = first.next_page_token ?? ''
    const second = await tracking.searchExperimentsByQuery({ max_results: 1, filter: like(), page_token })
    expect(second.experiments?.[0]?.experiment_id).toBe(ids[0])
    expect(second.next_page_token).toBeUndefined()
  })

  it.each([
    "name = 'a' OR name = 'b'",
    'name = a',
    "foo = 'a'",
    "tags.x > 'a'",
    "creation_time = 'x'",
    "params.x = 'a'",
  ])('refuses the filter %s', async (filter) => {
    expect(await refusal(tracking.searchExperiments({ max_results: 1, filter }))).toBe(
      '400 INVALID_PARAMETER_VALUE',
    )
  })

  it.each([{ order_by: ['tags.team'] }, { order_by: ['name SIDEWAYS'] }, { page_token: 'garbage' }])(
    'refuses %j',
    async (input) => {
      expect(await statusOf(tracking.searchExperiments({ max_results: 1, ...input }))).toBe(400)
    },
  )
}

export const experimentCases = (subject: MlflowSubject): void => {
  describe('an experiment', () => {
    lifeOfOne(subject)
  })
  describe('search for experiments', () => {
    search(subject)
  })
}
