import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { checkout } from './machine.ts'

export const cluster = 'pipelines/clusters/hello-cluster.json'
export const job = 'pipelines/jobs/train.json'
const spec = 'pipelines/brickrail.yml'
/** Of the suite that runs on the cluster. */
export const clusterTest = 'workspace/tests/data/test_price_table.py'
const libraries = 'pipelines/libraries/hello-cluster.yml'

/**
 * All that the sample declares; or no models, whose training takes half a minute with every push; or only a cluster and files:
 * for what is told from the pipelines and not from the code.
 */
export type Size = 'models' | 'whole' | 'small'

const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, change(readFileSync(file, 'utf8')))

/** Without jobs, no target has one to leave out. */
const cut = ({ name, workspace, clusters }: Record<string, unknown>): object => ({
  name,
  targets: {
    dev: { host: '${env.DATABRICKS_HOST}' },
    prod: { host: '${env.DATABRICKS_HOST}', protected: true },
  },
  workspace,
  clusters,
})

/**
 * The sample project in a folder, with pipelines as the section says.
 *
 * Its libraries are those of Python: the package of R would be SKIPPED on a machine without R, and a served workspace is not
 * lenient, so that the deployment would be red.
 */
export const layOut = (folder: string, ci: object, size: Size = 'whole'): void => {
  for (const part of ['pipelines', 'workspace'])
    cpSync(join(checkout, part), join(folder, part), {
      recursive: true,
      filter: (source) => !/(__pycache__|\.egg-info)$/.test(source),
    })
  edit(join(folder, spec), (text) => {
    const read = parse(text) as Record<string, unknown>
    const { models, ...rest } = read
    const sizes = { models: { ...rest, models }, whole: rest, small: cut(read) }
    return stringify({ ...sizes[size], ci })
  })
  if (size === 'small') rmSync(join(folder, 'pipelines/jobs'), { recursive: true })
  edit(join(folder, libraries), (text) => text.replace(/^cran:[^]*/m, ''))
}

/** The suite of the cluster with one test that fails: `failing`. */
export const broken = (text: string): string =>
  text.replace('self.assertEqual(bad, [])', 'self.assertEqual(bad, ["broken on purpose"])')
export const mended = (text: string): string => text.replace('["broken on purpose"]', '[]')
export const failing = 'test_prices_and_volumes_are_positive'

/** Names of the tests of the cluster's suite that failed, by a report of JUnit. */
export const failedTests = (report: string): string[] =>
  [...report.matchAll(/<testcase ([^>]*)>\s*<failure /g)].flatMap(([, attributes = '']) =>
    /classname="[^"]*PriceTable"/.test(attributes)
      ? [/(?:^| )name="([^"]*)"/.exec(attributes)?.[1] ?? '']
      : [],
  )
