import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { run } from './peers.ts'
import { openStage, pythonLibraries, type Stage } from './sample/stage.ts'

const workspace = join(import.meta.dirname, '..', '..', 'workspace')
const lake = '/datalake/project'

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
      await train('max_depth=2', 'n_estimators=10'),
    ]
    expect(first).not.toBe(second)
    const [deep, flat] = [await made(first), await made(second)]
    expect(deep.params).toMatchObject({ max_depth: 80, n_estimators: 100 })
    expect(flat.params).toMatchObject({ max_depth: 2, n_estimators: 10 })
    expect(deep.metrics).toEqual({
      rmse: expect.any(Number),
      mae: expect.any(Number),
      r2: expect.any(Number),
    })
    expect(deep.metrics.r2).toBeGreaterThan(0.8)
    expect(flat.metrics.rmse).toBeGreaterThan(deep.metrics.rmse)
    expect(deep.predictions).toHaveLength(6)
    expect(deep.predictions[1]).toMatch(
      /^2023-11-13,[\d.]+,[\d.]+,\/dbfs\/datalake\/project\/models\/\d+,\d{4}-/,
    )
  })

  it('trains the same model of the same parameters', async () => {
    const [one, other] = [await made(await train()), await made(await train('max_depth=80'))]
    expect(other.metrics).toEqual(one.metrics)
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
      const grid = 'grid={"max_depth":[2,80],"n_estimators":[10]}'
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
