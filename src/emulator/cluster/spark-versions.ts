interface Runtime {
  /** Databricks Runtime, as in keys: `15.4.x`. */
  readonly runtime: string
  readonly spark: string
  readonly scala: string
  readonly lts?: boolean
  /** Which builds there are beside the plain one. */
  readonly flavours?: readonly ('cpu-ml' | 'gpu-ml' | 'photon')[]
}

/** Shape after the real list: https://docs.databricks.com/release-notes/runtime. Old ones stay for old projects. */
const runtimes: readonly Runtime[] = [
  {
    runtime: '17.3.x',
    spark: '4.0.0',
    scala: '2.13',
    lts: true,
    flavours: ['cpu-ml', 'gpu-ml', 'photon'],
  },
  {
    runtime: '16.4.x',
    spark: '3.5.2',
    scala: '2.12',
    lts: true,
    flavours: ['cpu-ml', 'gpu-ml', 'photon'],
  },
  { runtime: '16.4.x', spark: '3.5.2', scala: '2.13', lts: true },
  {
    runtime: '15.4.x',
    spark: '3.5.0',
    scala: '2.12',
    lts: true,
    flavours: ['cpu-ml', 'gpu-ml', 'photon'],
  },
  {
    runtime: '14.3.x',
    spark: '3.5.0',
    scala: '2.12',
    lts: true,
    flavours: ['cpu-ml', 'gpu-ml', 'photon'],
  },
  {
    runtime: '13.3.x',
    spark: '3.4.1',
    scala: '2.12',
    lts: true,
    flavours: ['cpu-ml', 'gpu-ml', 'photon'],
  },
  { runtime: '12.2.x', spark: '3.3.2', scala: '2.12', lts: true, flavours: ['cpu-ml', 'gpu-ml'] },
  { runtime: '11.3.x', spark: '3.3.0', scala: '2.12', lts: true, flavours: ['cpu-ml'] },
  { runtime: '10.4.x', spark: '3.2.1', scala: '2.12', lts: true, flavours: ['cpu-ml'] },
  { runtime: '9.1.x', spark: '3.1.2', scala: '2.12', lts: true, flavours: ['cpu-ml'] },
  { runtime: '8.2.x', spark: '3.1.1', scala: '2.12', flavours: ['cpu-ml', 'gpu-ml'] },
  { runtime: '7.3.x', spark: '3.0.1', scala: '2.12', lts: true, flavours: ['cpu-ml'] },
  { runtime: '6.4.x', spark: '2.4.5', scala: '2.11', flavours: ['cpu-ml'] },
  { runtime: '6.0.x', spark: '2.4.3', scala: '2.11', flavours: ['cpu-ml'] },
]

const extras = { 'cpu-ml': ' ML', 'gpu-ml': ' ML', photon: ' Photon' } as const

const version = (entry: Runtime, flavour?: 'cpu-ml' | 'gpu-ml' | 'photon') => {
  const { runtime, spark, scala } = entry
  const gpu = flavour === 'gpu-ml' ? 'GPU, ' : ''
  const lts = entry.lts === true ? ' LTS' : ''
  return {
    key: `${runtime}${flavour === undefined ? '' : `-${flavour}`}-scala${scala}`,
    name: `${runtime.replace('.x', '')}${lts}${flavour === undefined ? '' : extras[flavour]} (includes Apache Spark ${spark}, ${gpu}Scala ${scala})`,
  }
}

/** Answer of clusters/spark-versions; the SDK's select_spark_version parses the names. */
export const sparkVersions: readonly { key: string; name: string }[] = runtimes.flatMap((entry) => [
  version(entry),
  ...(entry.flavours ?? []).map((flavour) => version(entry, flavour)),
])

/** `custom:` images, and `<runtime>-<builds>-scala<version>`; a well-formed key that is not in the list is accepted. */
export const wellFormedVersion = /^(custom:.+|(\d+|x)\.(\d+|x)(\.(\d+|x))?(-[a-z0-9.]+)*-scala\d+\.\d+)$/
