/** https://docs.python.org/3/library/shlex.html: pyspark splits the variable like a shell does. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'"'"'`)}'`

const hadoop = 'org.apache.hadoop.fs'

/**
 * PYSPARK_SUBMIT_ARGS of a run: a local session on 127.0.0.1 without its web page, for notebooks and for files that call
 * SparkSession.builder themselves. `dbfs:/` is a mount of the folder that holds DBFS, by Hadoop's own
 * https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/ViewFsOverloadScheme.html
 */
export const sparkArguments = ({ dbfsRoot, work }: { dbfsRoot: string; work: string }): string => {
  const settings = {
    'spark.ui.enabled': 'false',
    'spark.ui.showConsoleProgress': 'false',
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.sql.shuffle.partitions': '4',
    'spark.sql.warehouse.dir': `file:${work}/spark-warehouse`,
    // A path without a scheme is DBFS, as on Databricks.
    'spark.hadoop.fs.defaultFS': 'dbfs:///',
    'spark.hadoop.fs.dbfs.impl': `${hadoop}.viewfs.ViewFileSystemOverloadScheme`,
    'spark.hadoop.fs.viewfs.overload.scheme.target.dbfs.impl': `${hadoop}.LocalFileSystem`,
    'spark.hadoop.fs.viewfs.overload.scheme.target.file.impl': `${hadoop}.LocalFileSystem`,
    'spark.hadoop.fs.viewfs.mounttable.default.linkFallback': `file://${dbfsRoot}`,
    // A mount table without any link is refused; nobody uses this one.
    'spark.hadoop.fs.viewfs.mounttable.default.link./.brickrail-mount': `file://${dbfsRoot}`,
  }
  const configuration = Object.entries(settings).map(
    ([name, value]) => `--conf ${quoted(`${name}=${value}`)}`,
  )
  return ['--master local[2]', ...configuration, 'pyspark-shell'].join(' ')
}
