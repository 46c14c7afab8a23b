import { canonical } from '../../plan/canonical.ts'
import type { JsonNumber } from '../../plan/state-evidence.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import type { MlflowRun } from '../../wire/tracking.ts'
import type { ModelFacts } from './signature.ts'

/** Who evaluates, and from which source. */
export interface Source {
  /** Full hash. */
  commit?: string
  pipelineUrl?: string
  cleanTree?: boolean
}

/** Characters of a value: evidence is to be read by people, too. */
const longest = 4000

const tagsOf = (run: MlflowRun | undefined): Record<string, string> =>
  Object.fromEntries((run?.data.tags ?? []).map(({ key, value }) => [key, value]))

const paramsOf = (run: MlflowRun | undefined): Record<string, string> =>
  Object.fromEntries((run?.data.params ?? []).map(({ key, value }) => [key, value]))

/** MLflow's own names first: https://mlflow.org/docs/latest/ml/tracking/#how-to-include-additional-description-texts-about-the-run */
const commitTags = ['mlflow.source.git.commit', 'mlflow.databricks.gitRepoCommit', 'git_commit', 'commit']

const firstOf = (
  names: readonly string[],
  ...places: Readonly<Record<string, string>>[]
): string | undefined =>
  places.flatMap((place) => names.map((name) => place[name]?.trim())).find((value) => value)

const datasetOf = (run: MlflowRun | undefined): string | undefined => {
  const inputs = run?.inputs?.dataset_inputs ?? []
  const named = inputs.map(({ dataset: { name, digest } }) => `${name}@${digest}`)
  return named.length === 0 ? undefined : named.toSorted().join(', ')
}

/** On Databricks the server says where a run was; elsewhere the training may. */
const clusterTags = ['mlflow.databricks.cluster.id', 'cluster_id', 'cluster']
const jobTags = ['mlflow.databricks.jobRunID', 'mlflow.databricks.jobID', 'job_run_id']

const clusterOf = (tags: Record<string, string>): string | undefined => {
  const [cluster, job] = [firstOf(clusterTags, tags), firstOf(jobTags, tags)]
  return [cluster, job === undefined ? undefined : `job run ${job}`].filter(Boolean).join(', ') || undefined
}

/** The pipeline that trained: what the run says; else this one, when the run is of the very commit that it works on. */
const pipelineOf = (
  { pipelineUrl, commit }: Source,
  trained: string | undefined,
  said: string | undefined,
): string | undefined => said ?? (trained !== undefined && trained === commit ? pipelineUrl : undefined)

/** Where a version comes from, by the names that policies ask for; what is unknown is left out. */
export const lineageOf = (
  run: MlflowRun | undefined,
  version: VersionInfo,
  facts: ModelFacts,
  source: Source,
): Record<string, string> => {
  const [tags, params] = [tagsOf(run), paramsOf(run)]
  const commit = firstOf(commitTags, tags, version.tags)
  const said = firstOf(['pipeline_url', 'mlflow.source.pipeline_url'], tags, version.tags, params)
  const all: Record<string, string | undefined> = {
    commit,
    params: Object.keys(params).length === 0 ? undefined : canonical(params),
    dataset:
      datasetOf(run) ?? firstOf(['dataset', 'dataset_version', 'dataset_digest'], tags, version.tags, params),
    pipeline_url: pipelineOf(source, commit, said),
    requirements: facts.requirements === undefined ? undefined : `sha256:${facts.requirements}`,
    cluster: clusterOf(tags),
  }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value ? [[name, value.slice(0, longest)]] : [])),
  )
}

const isNumber = (text: string): boolean => /^\d+$/.test(text)

/**
 * Who trained, as the server reports it: of the run, else of the version. Databricks may answer a run's user as a number, which is
 * nobody's name: its tag `mlflow.user` has that.
 */
export const trainerOf = (run: MlflowRun | undefined, { user }: VersionInfo): string | undefined => {
  const id = run?.info.user_id
  if (id && !isNumber(id)) return id
  return tagsOf(run)['mlflow.user'] || user || id || undefined
}

const numberOf = (value: number | string): JsonNumber => {
  const number = Number(value)
  if (Number.isNaN(number)) return 'NaN'
  // Some stores hold infinity as the greatest number there is.
  if (Math.abs(number) >= Number.MAX_VALUE) return number > 0 ? 'Infinity' : '-Infinity'
  return number
}

/** What the training run has logged. */
export const loggedOf = (run: MlflowRun | undefined): Record<string, JsonNumber> =>
  Object.fromEntries((run?.data.metrics ?? []).map(({ key, value }) => [key, numberOf(value)]))
