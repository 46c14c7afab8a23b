import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage, pythonLibraries, type Stage } from './sample/stage.ts'

const hasJava = (): boolean => {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Reads the price table with Spark, by the path that it has on DBFS. */
const countDays = `
import sys
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
prices = spark.createDataFrame(
    [tuple(line.split(",")) for line in open(sys.argv[1]).read().split()[1:]],
    "Date string, Open string, High string, Low string, Close string, AdjClose string, Volume string",
)
years = prices.groupBy(F.substring("Date", 1, 4).alias("year")).count().orderBy("year").collect()
print("days:", {row["year"]: row["count"] for row in years})
`

describe.skipIf(!hasJava())('PySpark from PyPI', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(pythonLibraries().replace('pypi:', 'pypi:\n  - pyspark==4.0.1'))
    // Without the fallback: what runs there has to be Spark.
    const job = join(stage.folder, 'pipelines/jobs/search.json')
    const text = readFileSync(job, 'utf8')
    writeFileSync(job, text.replace(',\n          "driver"', ''))
    await stage.json('deploy')
  })
  afterAll(async () => await stage?.close())

  it('spreads the grid search, and finds what the driver finds', async () => {
    const { result } = await stage.json('run', 'search')
    expect(result).toMatchObject({ state: 'SUCCESS' })
    const uid = String(result['run_id'])
    const { stderr } = await stage.brickrail('logs', uid, '--task', 'cluster_search')
    expect(stderr).toMatch(/Spark 4\.0\.1: 6 tasks/)
    const results = async (kind: string) => await stage.dbfs(`/datalake/project/${kind}/${uid}/results.csv`)
    expect(await results('cluster_search')).toBe(await results('search'))
  })

  it('runs a spark_python_task on DBFS', async () => {
    const put = async (path: string, contents: Buffer) =>
      await stage.call('/api/2.0/dbfs/put', { path, contents: contents.toString('base64'), overwrite: true })
    await put('/jobs/count_days.py', Buffer.from(countDays))
    await put('/jobs/prices.csv', readFileSync(join(stage.folder, 'workspace/data/synthetic_prices.csv')))
    const { clusters } = await stage.call<{ clusters: { cluster_id: string }[] }>('/api/2.1/clusters/list')
    const { run_id } = await stage.call<{ run_id: string }>('/api/2.1/jobs/runs/submit', {
      run_name: 'count days',
      existing_cluster_id: clusters[0]?.cluster_id,
      spark_python_task: { python_file: 'dbfs:/jobs/count_days.py', parameters: ['/dbfs/jobs/prices.csv'] },
    })
    await expect
      .poll(async () => await stage.call(`/api/2.1/jobs/runs/get?run_id=${run_id}`), { timeout: 120_000 })
      .toMatchObject({ state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' } })
    const { stderr } = await stage.brickrail('logs', run_id)
    expect(stderr).toContain("days: {'2021': 260, '2022': 260, '2023': 230}")
  })
})
