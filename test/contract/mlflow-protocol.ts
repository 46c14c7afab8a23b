import { describe, expect, it } from 'vitest'
import type { MlflowSubject } from './mlflow-subject.ts'
import { newExperiment } from './tracking-cases.ts'

const api = '/api/2.0/mlflow'

/** How a plain MLflow server reads requests and says no, whatever they are about. */
export const protocolSuite = (subject: MlflowSubject): void =>
  void describe(`the protocol of ${subject.title}`, () => {
    const { raw } = subject
    const answer = async (...request: Parameters<typeof raw>) => {
      const { status, text } = await raw(...request)
      const body: unknown = JSON.parse(text)
      return { status, body }
    }
    const wrong = { status: 400, body: expect.objectContaining({ error_code: 'INVALID_PARAMETER_VALUE' }) }

    it('says that it lives, and its version', async () => {
      expect(await raw('GET', '/health')).toEqual({ status: 200, text: 'OK' })
      expect((await raw('GET', '/version')).text).toMatch(/^3\.\d+\.\d+$/)
    })

    it('answers HTML to what it does not know', async () => {
      const unknown = await raw('GET', `${api}/no/such`)
      expect([unknown.status, /<!doctype html>/i.test(unknown.text)]).toEqual([404, true])
      const databricks = await raw('POST', `${api}/databricks/runs/delete-runs`, '{}')
      expect(databricks.status).toBe(404)
      const verb = await raw('GET', `${api}/runs/create`)
      expect([verb.status, /<!doctype html>/i.test(verb.text)]).toEqual([405, true])
    })

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])(
      'wants JSON to be called JSON, not %s',
      async (type) => {
        const name = JSON.stringify({ name: subject.unique('type') })
        expect(await answer('POST', `${api}/experiments/create`, name, { 'content-type': type })).toEqual(
          wrong,
        )
      },
    )

    it('reads JSON with a character set', async () => {
      const name = JSON.stringify({ name: subject.unique('charset') })
      const type = { 'content-type': 'application/json; charset=utf-8' }
      expect((await answer('POST', `${api}/experiments/create`, name, type)).status).toBe(200)
    })

    it.each([
      '{"name": ',
      '',
      '{"Name": "x"}',
      '{"name": ""}',
      '{"name": null}',
      '{"name": 5}',
      '{"name": ["x"]}',
    ])('misses the name in %s', async (body) => {
      expect(await answer('POST', `${api}/experiments/create`, body)).toEqual(wrong)
    })

    it('takes names in camelCase, and numbers as text', async () => {
      const experimentId = await newExperiment(subject, 'camel')
      const create = JSON.stringify({ experimentId, runName: 'camel', startTime: '17', unknownField: [1] })
      const { status, body } = await answer('POST', `${api}/runs/create`, create)
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { run: { info: { run_name: 'camel', start_time: 17, experiment_id: experimentId } } },
      })
      const search = {
        experimentIds: [experimentId],
        maxResults: '1',
        filter: "attributes.run_name = 'camel'",
      }
      const found = await answer('POST', `${api}/runs/search`, JSON.stringify(search))
      expect(found.body).toMatchObject({ runs: [{ info: { run_name: 'camel' } }] })
      const listed = await answer('GET', `${api}/experiments/search?max_results=1`)
      expect(listed.status).toBe(200)
    })

    it('has an experiment 0 from the beginning', async () => {
      const { experiment } = await subject.client.tracking.getExperiment({ experiment_id: '0' })
      expect(experiment).toMatchObject({ name: 'Default', lifecycle_stage: 'active' })
      const { experiment_id } = experiment
      const { run } = await subject.client.tracking.createRun({ experiment_id, run_name: 'of the default' })
      expect(run.info.start_time).toBe(0)
      await subject.client.tracking.deleteRun({ run_id: run.info.run_id })
    })

    it('leaves empty lists out', async () => {
      const experiment_id = await newExperiment(subject, 'empty')
      const { client } = subject
      expect(await client.tracking.searchRuns({ experiment_ids: [experiment_id] })).toEqual({})
      const filter = `name = '${subject.unique('none')}'`
      expect(await client.tracking.searchExperiments({ max_results: 1, filter })).toEqual({})
      expect(await client.loggedModels.search({ experiment_ids: [experiment_id] })).toEqual({})
    })

    it('wants to be told how many experiments it may show', async () => {
      for (const body of ['{}', '{"max_results": 0}', '{"max_results": 50001}'])
        expect(await answer('POST', `${api}/experiments/search`, body)).toEqual(wrong)
    })
  })
