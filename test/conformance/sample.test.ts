import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { LoggedModel } from '../../src/wire/logged-models.ts'
import { run } from './peers.ts'
import { openStage, pythonLibraries, type Stage } from './sample/stage.ts'

const workspace = join(import.meta.dirname, '..', '..', 'workspace')
const lake = '/datalake/project'

/** What MLflow has as a list of keys and values. */
const named = <T>(pairs: readonly { key: string; value: T }[] = []): Record<string, T> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]))

describe('the tests that come with the sample', () => {
  const copy = (): { folder: string; edit: (file: string, from: string | RegExp, to: string) => void } => {
    const folder = mkdtempSync(join(tmpdir(), 'brickrail-workspace-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    cpSync(workspace, folder, { recursive: true })
    const edit = (file: string, from: string | RegExp, to: string) => {
      const text = readFileSync(join(folder, file), 'utf8')
      expect(text.replace(from, to)).not.toBe(text)
      writeFileSync(join(folder, file), text.replace(from, to))
    }
    return { folder, edit }
  }
  const test = async (folder: string, suite: string) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder }
    const { status } = await run('python3', ['tests/run.py', `tests/${suite}`, 'report.xml'], env, folder)
    return { status, report: readFileSync(join(folder, 'report.xml'), 'utf8') }
  }

  it('pass with nothing but Python, and leave a JUnit report', async () => {
    const { folder } = copy()
    for (const [suite, least] of [
      ['unit', 20],
      ['data', 7],
    ] as const) {
      const { status, report } = await test(folder, suite)
      const [, tests, failures] = /tests="(\d+)" failures="(\d+)" errors="0"/.exec(report) ?? []
      expect([suite, status, failures]).toEqual([suite, 0, '0'])
      expect(Number(tests)).toBeGreaterThanOrEqual(least)
      expect(report.match(/<testcase /g)).toHaveLength(Number(tests))
    }
  })

  it.each([
    [
      'unit',
      'src/tesseract/features.py',
      '(high - low) / close * 100',
      '(high - low) / close * 10',
      'test_width',
    ],
    ['unit', 'src/tesseract/features.py', 'MISSING = -99999', 'MISSING = 0', 'test_missing_prices'],
    ['data', 'data/synthetic_prices.csv', /\n2022-03-0[12].*(?=\n)/, '', 'test_every_weekday'],
    ['data', 'data/synthetic_prices.csv', /(\n2022-03-01.*,)\d+(?=\n)/, '$10', 'test_prices_and_volumes'],
  ])('%s tests notice what is wrong in %s', async (suite, file, from, to, failing) => {
    const { folder, edit } = copy()
    edit(file, from, to)
    const { status, report } = await test(folder, suite)
    expect(status).toBe(1)
    expect(report).toMatch(new RegExp(`name="${failing}[^>]*>\\s*<failure message=`))
  })

  it('the price table is what the seeded script makes', async () => {
    const { folder } = copy()
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder }
    rmSync(join(folder, 'data/synthetic_prices.csv'))
    expect((await run('python3', ['scripts/make_prices.py'], env, folder)).status).toBe(0)
    const table = readFileSync(join(folder, 'data/synthetic_prices.csv'), 'utf8')
    expect(table).toBe(readFileSync(join(workspace, 'data/synthetic_prices.csv'), 'utf8'))
    expect((await run('bash', ['scripts/check_prices.sh'], env, folder)).stdout).toContain('750 days')
  })
})

describe('the sample, deployed and run', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(pythonLibraries())
    await stage.json('deploy')
  })
  afterAll(async () => await stage?.close())

  const train = async (...parameters: string[]): Promise<string> => {
    const { result } = await stage.json('run', 'train', ...parameters.flatMap((one) => ['--param', one]))
    expect(result).toMatchObject({ state: 'SUCCESS' })
    return String(result['run_id'])
  }
  const made = async (uid: string) => {
    const model = `${lake}/models/${uid}`
    return {
      params: JSON.parse(await stage.dbfs(`${model}/params.json`)),
      metrics: JSON.parse(await stage.dbfs(`${model}/metrics.json`)),
      predictions: (await stage.dbfs(`${lake}/predictions/${uid}/predictions.csv`)).trim().split('\n'),
    }
  }

  it('trains with the parameters as given, twice a day without the runs meeting', async () => {
    const [first, second] = [
      await train('max_depth=80', 'n_estimators=100'),
      await train('max_depth=1', 'n_estimators=10'),
    ]
    expect(first).not.toBe(second)
    const [deep, flat] = [await made(first), await made(second)]
    expect(deep.params).toMatchObject({ max_depth: 80, n_estimators: 100 })
    expect(flat.params).toMatchObject({ max_depth: 1, n_estimators: 10 })
    expect(deep.metrics).toEqual({
      rmse: expect.any(Number),
      mae: expect.any(Number),
      r2: expect.any(Number),
    })
    expect(deep.metrics.r2).toBeGreaterThan(0.8)
    expect(flat.metrics.rmse).toBeGreaterThan(deep.metrics.rmse)
    expect(deep.predictions).toHaveLength(6)
    expect(deep.predictions[1]).toMatch(
      /^2023-11-13,[\d.]+,[\d.]+,\/dbfs\/datalake\/project\/models\/\d+,,\d{4}-/,
    )
  })

  it('trains the same model of the same parameters', async () => {
    const [one, other] = [await made(await train()), await made(await train('max_depth=80'))]
    expect(other.metrics).toEqual(one.metrics)
  })

  it('logs each training to MLflow, with what a policy wants to know', async () => {
    const uid = await train('max_depth=80', 'n_estimators=10', 'commit=1a2b')
    const found = await stage.mlflow(`tags.mlflow.runName = 'train ${uid}'`)
    expect(found).toHaveLength(1)
    const [{ info, data, inputs, outputs } = expect.fail()] = found
    expect(info.status).toBe('FINISHED')
    expect(named(data.params)).toMatchObject({ max_depth: '80', n_estimators: '10' })
    expect(named(data.metrics)).toEqual((await made(uid)).metrics)
    const tags = { candidate: 'true', commit: '1a2b', 'mlflow.source.git.commit': '1a2b' }
    expect(named(data.tags)).toMatchObject(tags)
    expect(inputs?.dataset_inputs?.map(({ dataset }) => dataset.name)).toEqual(['features'])
    const id = outputs?.model_outputs?.[0]?.model_id ?? ''
    const model = await stage.call<{ model: LoggedModel }>(`/api/2.0/mlflow/logged-models/${id}`)
    expect(model.model.info).toMatchObject({ status: 'LOGGED_MODEL_READY', source_run_id: info.run_id })
    const { files } = await stage.call<{ files: { path: string }[] }>(
      `/api/2.0/mlflow/logged-models/${id}/artifacts/directories`,
    )
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['MLmodel', 'input_example.json', 'model.pkl', 'requirements.txt']),
    )
  })

  it('keeps days that no training sees, for the evaluation', async () => {
    const [header, ...days] = (await stage.dbfs(`${lake}/holdout/holdout.csv`)).trim().split('\n')
    expect(header).toBe('Date,Quarter,AdjClose,Volume,High_Low_Pert,Pert_change,label')
    expect([days.length, days[0]?.slice(0, 19)]).toEqual([149, '2023-04-18,2023-Q2,'])
  })

  it.each([
    ['n_estimators=', 'n_estimators is missing'],
    ['max_depth=eighty', "max_depth is 'eighty'"],
  ])('%s: the run fails, and says which parameter it is', async (parameter, message) => {
    const { status, stdout, stderr } = await stage.brickrail('run', 'train', '--param', parameter)
    expect([status, stdout + stderr]).toEqual([8, expect.stringContaining(message)])
  })

  it('searches a grid on the driver, by cluster_search, and from the wheel on a cluster of its own alike', async () => {
    const search = async (job: string): Promise<string> => {
      const grid = 'grid={"max_depth":[1,80],"n_estimators":[10]}'
      const { result } = await stage.json('run', job, '--param', grid)
      expect(result).toMatchObject({ state: 'SUCCESS' })
      return String(result['run_id'])
    }
    const uid = await search('search')
    const found = await stage.dbfs(`${lake}/search/${uid}/results.csv`)
    expect(found.trim().split('\n')).toHaveLength(3)
    expect(await stage.dbfs(`${lake}/cluster_search/${uid}/results.csv`)).toBe(found)
    expect(JSON.parse(await stage.dbfs(`${lake}/search/${uid}/best.json`))).toMatchObject({ max_depth: 80 })
    expect(await stage.dbfs(`${lake}/search/${await search('search-wheel')}/results.csv`)).toBe(found)
    const [parent] = await stage.mlflow(`tags.mlflow.runName = 'search ${uid}'`)
    const points = await stage.mlflow(`tags.mlflow.parentRunId = '${parent?.info.run_id}'`)
    const winner = points.filter(({ data }) => named(data.tags)['candidate'] === 'true')
    expect([points.length, winner.length]).toEqual([2, 1])
    expect(named(winner[0]?.data.params)).toMatchObject({ max_depth: '80', n_estimators: '10' })
    expect(points.filter(({ outputs }) => outputs?.model_outputs)).toEqual(winner)
  })

  it('scores with the version in Production, and with the model of the run as long as there is none', async () => {
    const post = <T>(path: string, body: unknown) => stage.call<T>(`/api/2.0/mlflow/${path}`, body)
    const first = await train('commit=3c4d')
    expect((await made(first)).predictions[1]).toContain(`/models/${first},,`)
    const [run] = await stage.mlflow(`tags.mlflow.runName = 'train ${first}'`)
    const run_id = run?.info.run_id
    const model_id = run?.outputs?.model_outputs?.[0]?.model_id ?? ''
    const name = 'stock-price'
    await post('registered-models/create', { name })
    await post('model-versions/create', { name, source: `models:/${model_id}`, run_id, model_id })
    const to = { stage: 'Production', archive_existing_versions: true }
    await post('model-versions/transition-stage', { name, version: '1', ...to })
    const second = await train('max_depth=1')
    const [of1, of2] = [await made(first), await made(second)]
    const numbers = (lines: string[]) => lines.slice(1).map((line) => line.split(',').slice(0, 3))
    expect(numbers(of2.predictions)).toEqual(numbers(of1.predictions))
    expect(of2.predictions[1]).toContain(',models:/stock-price/1,1,')
    const log = await stage.brickrail('logs', second)
    expect(log.stdout + log.stderr).toContain('version 1 of stock-price is in production: it scores')
  })

  it.each(['prepare_features.py', 'feature_check.ipynb'])(
    'runs the notebook %s, without Spark',
    async (name) => {
      const { result } = await stage.json('run', `workspace/notebooks/${name}`)
      expect(result).toMatchObject({ state: 'SUCCESS' })
    },
  )

  it('runs both suites, that of the data on the cluster', async () => {
    const { status, stdout, stderr } = await stage.brickrail('test')
    expect([status, stdout, stderr]).toEqual([0, expect.stringMatching(/unit[^]*data/), stderr])
  })

  it('deploys again without a change', async () => {
    expect((await stage.brickrail('deploy')).stdout).toContain('nothing changed, nothing touched')
  })
})
