import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cells, file, groupOf, magic, notebook, openRuns, processesWith, python } from './runs.ts'

const wanted = 'pyspark==3.5.9'
const folder = join(import.meta.dirname, '..', '..', '.cache', 'conformance-pyspark')
const spark = { python: join(folder, 'bin', 'python') }
const program = 'java'
const java = spawnSync(program, ['-version']).status === 0

const runs = openRuns()
afterAll(runs.dispose)

/** 300 MB from PyPI, so it is made once and kept. */
const install = (): void => {
  const marker = join(folder, `${wanted}.txt`)
  if (existsSync(marker)) return
  rmSync(folder, { recursive: true, force: true })
  execFileSync(python, ['-m', 'venv', folder])
  execFileSync(spark.python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', wanted])
  writeFileSync(marker, '')
}

describe.runIf(java)('with pyspark and Java', () => {
  beforeAll(install)

  it('spark is there on first use, %sql works, and DBFS is one place for all', async () => {
    const source = cells(
      `spark.createDataFrame([(1, 'a'), (2, 'b')], ['n', 's']).write.mode('overwrite').parquet('dbfs:/tables/t')
spark.read.parquet('dbfs:/tables/t').createOrReplaceTempView('t')`,
      magic("%sql\nSELECT n * 10 AS ten FROM t WHERE s = 'b';\nSELECT count(*) AS rows FROM t"),
      `print(_sqldf.collect()[0].rows, sc.parallelize([1, 2, 3]).sum())
dbutils.fs.put('/plain.txt', 'from the driver', True)
print(sc.parallelize([1], 1).map(lambda _: open('/dbfs/plain.txt').read()).collect())
print(spark.read.text('dbfs:/plain.txt').count() + spark.read.text('/plain.txt').count())`,
      `from databricks.sdk.runtime import spark as same
print(same.range(3).count())
display(spark.table('t').orderBy('n'))
spark.range(2).write.saveAsTable('kept')`,
      magic('%sql\nSELECT nothing FROM t'),
    )
    const { id, log, error, outcome } = await runs.finish(notebook(source), spark)
    expect(log).toContain('| 20|')
    expect(log).toContain("2 6\nWrote 15 bytes.\n['from the driver']\n2\n3\n")
    expect(log).toContain('|  2|  b|')
    expect(outcome).toBe('FAILED')
    expect(error).toMatch(/AnalysisException: \[UNRESOLVED_COLUMN.*`nothing`/)
    expect(readdirSync(join(runs.root, 'dbfs')).sort()).toEqual(['plain.txt', 'tables'])
    expect(readdirSync(join(runs.folder, id, 'work', 'spark-warehouse'))).toEqual(['kept'])
  })

  it('a file makes its own session, and leaves no JVM behind', async () => {
    const source = `from pyspark.sql import SparkSession
from pyspark.dbutils import DBUtils
spark = SparkSession.builder.appName('mine').getOrCreate()
print(spark.range(5).count(), spark.sparkContext.master, DBUtils(spark).fs.mkdirs('/made'))`
    const { id, running } = await runs.begin(file(runs, source), spark)
    expect(await running.done).toEqual({ outcome: 'SUCCESS' })
    expect(runs.tasks.log(id, 10_000).text).toContain('5 local[2] True\n')
    expect(groupOf(running.pid)).toEqual([])
    expect(processesWith(`BRICKRAIL_RUN_FOLDER=${join(runs.folder, id)}`)).toEqual([])
  })

  it('without Java says so', async () => {
    const { error } = await runs.finish(notebook('spark.range(3)'), {
      ...spark,
      env: { PATH: '/nowhere', JAVA_HOME: '/nowhere' },
    })
    expect(error).toBe('RuntimeError: spark is not available: there is no Java on this machine (17 or newer)')
  })
})
