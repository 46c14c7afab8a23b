import { beforeAll, describe, expect, it } from 'vitest'
import type { MlflowSubject } from './mlflow-subject.ts'
import { accepted, refusedFilters } from './tracking-filters.ts'
import { newExperiment, newRun, refusal, statusOf } from './tracking-cases.ts'

/** Runs 0, 1 and 2: metric `m` is the number, 3 has a NaN there and 4 nothing at all. */
const prepare = async (subject: MlflowSubject): Promise<{ experiment_id: string; ids: string[] }> => {
  const { tracking } = subject.client
  const experiment_id = await newExperiment(subject, 'search')
  const ids: string[] = []
  for (const index of [0, 1, 2, 3, 4]) {
    const { run_id } = (
      await newRun(subject, experiment_id, { run_name: `R${index}it's`, start_time: index })
    ).info
    ids.push(run_id)
    if (index === 4) continue
    const metrics = ['m', 'a b', 'a.b'].map((key) => ({
      key,
      value: index === 3 ? 'NaN' : index,
      timestamp: 1,
      step: 0,
    }))
    const params = [
      { key: 'p', value: `V${index}` },
      { key: 'star', value: 'a*[b]?' },
    ]
    await tracking.logBatch({ run_id, metrics, params, tags: [{ key: 't', value: `x_${index}` }] })
  }
  const dataset = { name: 'prices', digest: 'd1', source_type: 'local', source: 'x' }
  const tags = [{ key: 'mlflow.data.context', value: 'training' }]
  await tracking.logInputs({ run_id: ids[1] ?? '', datasets: [{ tags, dataset }] })
  return { experiment_id, ids }
}

export const searchCases = (subject: MlflowSubject): void =>
  void describe('search for runs', () => {
    const { tracking } = subject.client
    let prepared = { experiment_id: '', ids: [''] }
    beforeAll(async () => {
      prepared = await prepare(subject)
    })
    const found = async (more: object): Promise<string> => {
      const { runs = [] } = await tracking.searchRuns({ experiment_ids: [prepared.experiment_id], ...more })
      return runs.map(({ info }) => prepared.ids.indexOf(info.run_id)).join('')
    }

    it('shows the last started first, with what was logged', async () => {
      expect(await found({})).toBe('43210')
      const { runs = [] } = await tracking.searchRuns({ experiment_ids: [prepared.experiment_id] })
      const { run } = await tracking.getRun({ run_id: prepared.ids[1] ?? '' })
      expect(runs[3]).toEqual(run)
    })

    it.each(accepted)('takes the filter %s', async (filter, expected) => {
      expect(await found({ filter })).toBe(expected)
    })

    it('takes lists of run ids', async () => {
      const [a, b] = prepared.ids
      expect(await found({ filter: `run_id IN ('${a}', "${b}")` })).toBe('10')
      expect(await found({ filter: `attributes.run_id not in ('${a}',)` })).toBe('4321')
      expect(await found({ filter: `run_id = '${a}'` })).toBe('0')
    })

    it.each(refusedFilters)('refuses the filter %s', async (filter) => {
      const search = tracking.searchRuns({ experiment_ids: [prepared.experiment_id], filter })
      expect(await refusal(search)).toBe('400 INVALID_PARAMETER_VALUE')
    })

    it.each([
      [['metrics.m ASC'], '01234'],
      [['metrics.m DESC'], '21034'],
      [['params.p'], '01234'],
      [['params.`p` desc'], '32104'],
      [['tags."t" DESC'], '32104'],
      [['start_time ASC'], '01234'],
      [['attributes.created'], '01234'],
      [['run_name'], '01234'],
      [['status', 'metrics.`a b` DESC'], '21034'],
      [['metrics.none', 'start_time'], '01234'],
    ])('orders by %j', async (order_by, expected) => {
      expect(await found({ order_by })).toBe(expected)
    })

    it.each(['metrics.m SIDEWAYS', 'foo', 'dataset.name', 'metrics.m, params.p', ''])(
      'refuses to order by «%s»',
      async (term) => {
        expect(
          await statusOf(tracking.searchRuns({ experiment_ids: [prepared.experiment_id], order_by: [term] })),
        ).toBe(400)
      },
    )

    it('comes in pages', async () => {
      const search = { experiment_ids: [prepared.experiment_id], max_results: 2, filter: "tags.t LIKE 'x%'" }
      const first = await tracking.searchRuns(search)
      const next = await tracking.searchRuns({ ...search, page_token: first.next_page_token ?? '' })
      expect([first.runs?.length, next.runs?.length]).toEqual([2, 2])
      expect(next.runs?.at(-1)?.info.run_id).toBe(prepared.ids[0])
      expect(await statusOf(tracking.searchRuns({ ...search, page_token: 'garbage' }))).toBe(400)
      for (const max_results of [0, -1, 50_001])
        expect(await statusOf(tracking.searchRuns({ ...search, max_results }))).toBe(400)
      expect(await subject.client.runs({ experiment_ids: [prepared.experiment_id] }, 3)).toHaveLength(3)
    })

    it('looks where it is told to', async () => {
      const { run_id } = (await newRun(subject, await newExperiment(subject, 'gone'))).info
      const { experiment_id } = (await tracking.getRun({ run_id })).run.info
      await tracking.deleteRun({ run_id })
      const ofView = async (run_view_type: 'ALL' | 'DELETED_ONLY' | 'ACTIVE_ONLY') => {
        const { runs = [] } = await tracking.searchRuns({ experiment_ids: [experiment_id], run_view_type })
        return runs.length
      }
      expect([await ofView('ALL'), await ofView('DELETED_ONLY'), await ofView('ACTIVE_ONLY')]).toEqual([
        1, 1, 0,
      ])
      const both = [experiment_id, prepared.experiment_id]
      expect((await tracking.searchRuns({ experiment_ids: both, run_view_type: 'ALL' })).runs).toHaveLength(6)
      expect(await tracking.searchRuns({ experiment_ids: ['999999999'] })).toEqual({})
    })
  })
