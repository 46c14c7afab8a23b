import { expect, onTestFinished } from 'vitest'
import { buildPipeline } from '../../src/ci/build.ts'
import type { PipelineData } from '../../src/ci/build.ts'
import { declarable } from '../../src/ci/built-in.ts'
import type { Job, Problem } from '../../src/ci/model.ts'
import type { Facts, JobSection, Section, TargetFact } from '../../src/ci/section.ts'
import { readCron } from '../../src/config/ci-cron.ts'
import { didYouMean } from '../../src/config/faults.ts'
import { createHarness, type Harness } from '../support/harness.ts'

const target = (name: string, more: Partial<TargetFact> = {}): TargetFact => ({
  name,
  remote: true,
  protected: false,
  default: false,
  ...more,
})

/** A local target that is the default, one to push to, one behind approval. */
export const targets: TargetFact[] = [
  target('local', { remote: false, default: true }),
  target('dev'),
  target('prod', { protected: true }),
]

export const facts: Facts = {
  project: 'demo',
  targets,
  npmScripts: ['build', 'test'],
  fileExists: (path) => path === 'scripts/train.sh',
  cron: readCron,
  suggest: didYouMean,
}

/** The pipeline of a section and its problems. */
export const build = (
  section: Section = {},
  more: Partial<Facts> = {},
): { pipeline: PipelineData; problems: Problem[] } =>
  buildPipeline({ hosts: ['gitlab', 'azure', 'github'], ...section }, { ...facts, ...more })

/** A project that has everything that built-in jobs are for. */
export const everything = { declares: declarable }

/** Names of the jobs of a section. */
export const names = (section: Section = {}, more: Parameters<typeof build>[1] = everything): string[] =>
  build(section, more).pipeline.jobs.map(({ name }) => name)

/** That job of a section without problems. @throws when there is none */
export const jobNamed = (
  name: string,
  section: Section = {},
  more: Parameters<typeof build>[1] = {},
): Job => {
  const { pipeline, problems } = build(section, more)
  expect(problems).toEqual([])
  const found = pipeline.jobs.find((job) => job.name === name)
  if (!found) throw new Error(`no job ${name}`)
  return found
}

/** One job of one's own, beside the built-in ones. */
export const own = (job: JobSection, section: Section = {}): Job =>
  jobNamed('mine', { ...section, secrets: { A_KEY: '' }, jobs: { ...section.jobs, mine: job } })

const head = `name: sample
targets:
  dev: { host: '\${env.DATABRICKS_HOST}', default: true }
  prod: { host: '\${env.DATABRICKS_HOST}', protected: true }
ci:
`

/** brickrail.yml with these lines as its section `ci`. */
export const withCi = (...lines: string[]): string => `${head}${lines.map((line) => `  ${line}\n`).join('')}`

/** A repository with a section `ci`, and the commands. */
export const repositoryWith = (
  ci: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Harness => {
  const harness = createHarness({ 'pipelines/brickrail.yml': withCi(...ci), ...files })
  onTestFinished(() => harness.close())
  return harness
}
