import { Fail } from '../../errors.ts'
import type { Evaluation, MeasuredRule } from '../../plan/state-evidence.ts'
import type { EvaluationRule, ModelPolicy, RegistryRef } from '../../plan/state-policy.ts'
import type { JobRun } from '../../wire/runs.ts'
import { clusterKey, findCluster } from '../run/find-cluster.ts'
import { putNotebook, runNotebook } from '../run/notebook.ts'
import type { Session } from '../session.ts'
import { readEvaluation } from './evaluator-result.ts'
import { evaluatorSource } from './evaluator-source.ts'
import type { ModelSession } from './open.ts'

/** A parameter of a notebook holds no more bytes: https://docs.databricks.com/api/workspace/jobs/runnow */
const longestRequest = 10_000

/** What the client on the cluster calls the servers: https://mlflow.org/docs/latest/api_reference/python_api/mlflow.html */
const servers = ({ kind, uri }: RegistryRef) => {
  if (kind === 'mlflow')
    return { tracking_uri: uri ?? '', registry_uri: uri ?? '', embedded_mlflow: uri === undefined }
  const registry_uri = kind === 'unity-catalog' ? 'databricks-uc' : 'databricks'
  return { tracking_uri: 'databricks', registry_uri, embedded_mlflow: false }
}

/** What the evaluator's notebook is asked, as its widget `request`. */
export const evaluatorRequest = (
  { name, registry, checks }: ModelPolicy,
  rule: EvaluationRule,
  candidate: string,
  champion: string | undefined,
): string =>
  JSON.stringify({
    model: name,
    candidate,
    champion: champion ?? null,
    ...servers(registry),
    dataset: rule.dataset,
    label: rule.label,
    features: rule.features ?? null,
    task: rule.task,
    time: rule.time ?? null,
    slices: [...new Set(checks.slices.map(({ by }) => by))],
  })

const runOf = ({ run_id: id, run_page_url: url }: JobRun): NonNullable<Evaluation['run']> => ({
  id: `${id}`,
  ...(url === undefined ? {} : { url }),
})

/** What of the rule the evidence holds. */
export const measuredRule = ({ label, task, features, time }: EvaluationRule): MeasuredRule => ({
  label,
  task,
  ...(features === undefined ? {} : { features }),
  ...(time === undefined ? {} : { time }),
})

const runEvaluator = async (session: Session, rule: EvaluationRule, request: string, title: string) => {
  const cluster = await findCluster(session, clusterKey(session, rule.cluster))
  const notebook = await putNotebook(session, 'model-evaluator', await evaluatorSource())
  return await runNotebook(session, {
    name: `brickrail evaluate ${title}`,
    what: `evaluation of ${title}`,
    notebook,
    cluster,
    parameters: { request },
    timeout: rule.timeoutSeconds,
  })
}

/**
 * Measure a version, and the champion on the same rows, by one run on a cluster of the target.
 * @param champion version in production; the same as the candidate is measured once
 * @throws Fail EVALUATION_FAILED, USAGE, NOT_DEPLOYED, TIMEOUT, INTERRUPTED
 */
export const measure = async (
  { session, policy }: ModelSession,
  rule: EvaluationRule,
  candidate: string,
  champion?: string,
): Promise<Evaluation> => {
  const of = { model: policy.name, version: candidate }
  const other = rule.championOnSameData && champion !== candidate ? champion : undefined
  const request = evaluatorRequest(policy, rule, candidate, other)
  if (Buffer.byteLength(request) > longestRequest)
    throw new Fail('EVALUATION_FAILED', {
      ...of,
      why: 'its policy names more columns than a notebook can be told (10,000 bytes)',
      hint: 'leave evaluation.features out: the signature of the model names them',
    })
  const title = `${policy.name} version ${candidate}`
  const { followed, failure } = await runEvaluator(session, rule, request, title)
  if (failure)
    throw new Fail(
      'EVALUATION_FAILED',
      { ...of, why: failure.message, hint: failure.hint },
      { cause: failure },
    )
  const [task] = followed.tasks
  const { dataset, ...found } = readEvaluation(of, task?.result, task?.result_truncated ?? false)
  const measured = champion === candidate && rule.championOnSameData ? found.candidate : found.champion
  return {
    at: new Date(session.run.world.clock.now()).toISOString(),
    run: runOf(followed.run),
    dataset: { path: rule.dataset, ...dataset },
    rule: measuredRule(rule),
    candidate: found.candidate,
    ...(measured && champion !== undefined ? { champion: { ...measured, version: champion } } : {}),
  }
}
