import { Fail } from '../../errors.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import { count } from '../../report/text.ts'
import type { MlflowRun } from '../../wire/tracking.ts'
import { chooseRun } from './candidate-order.ts'
import { observeHolders } from './observe.ts'
import type { ModelSession } from './open.ts'
import { readVersion, ready, registered, versionGone } from './register.ts'

const noCandidate = ({ policy }: ModelSession, why: string, hint?: string): Fail =>
  new Fail('NO_CANDIDATE', { model: policy.name, why, ...(hint === undefined ? {} : { hint }) })

/** Runs that are named one by one. */
const most = 5

type Left = ReturnType<typeof chooseRun>['left']

const titleOf = ({ info }: MlflowRun): string =>
  info.run_name ? `${info.run_id} (${info.run_name})` : info.run_id

/** Why each of them is no candidate. */
export const listed = (left: Left): string => {
  const named = left.slice(0, most).map(({ run, why }) => `${titleOf(run)}: ${why}`)
  return [...named, ...(left.length > most ? [`and ${left.length - most} more`] : [])].join('; ')
}

interface RunsRule {
  experiment: string
  filter?: string
}

/**
 * Where there is no commit, a policy keeps its `${git.sha}` as it is written: nothing may be trained or looked for by that text.
 * @throws Fail USAGE
 */
export const needCommit = ({ policy }: ModelSession, ...texts: readonly (string | undefined)[]): void => {
  if (!texts.some((text) => text?.includes('${git.sha}'))) return
  const what = `the policy of ${policy.key} asks for \${git.sha}, and there is no commit here`
  throw new Fail('USAGE', { what, hint: 'run it in a Git checkout with a commit, with git on the PATH' })
}

/** Active runs of the experiment that fit the filter, whatever became of them; undefined when there is no such experiment. */
export const runsOf = async (
  model: ModelSession,
  { experiment: name, filter }: RunsRule,
): Promise<MlflowRun[] | undefined> => {
  const { mlflow } = model
  needCommit(model, name, filter)
  const experiment = await mlflow.experimentNamed(name)
  if (experiment === undefined || experiment.lifecycle_stage === 'deleted') return undefined
  return await mlflow.runs({
    experiment_ids: [experiment.experiment_id],
    run_view_type: 'ACTIVE_ONLY',
    ...(filter === undefined ? {} : { filter }),
  })
}

/** « that fits tags.commit = '…'», or nothing. */
export const fitting = ({ filter }: RunsRule): string => (filter === undefined ? '' : ` that fits ${filter}`)

const someRuns = async (model: ModelSession, rule: RunsRule): Promise<MlflowRun[]> => {
  const runs = await runsOf(model, rule)
  if (runs === undefined) {
    const hint = 'train first: `brickrail train`; or check candidate.from_runs.experiment'
    throw noCandidate(model, `there is no experiment ${rule.experiment}`, hint)
  }
  if (runs.length > 0) return runs
  throw noCandidate(model, `the experiment ${rule.experiment} has no run${fitting(rule)}`)
}

/**
 * The run that the rule of the policy chooses.
 * @throws Fail NO_CANDIDATE, CANDIDATES_TIED
 */
const chosenRun = async (model: ModelSession, rule: RunsRule): Promise<MlflowRun> => {
  const { policy, session } = model
  const { order } = policy.candidate
  const { best, left } = chooseRun(await someRuns(model, rule), policy.candidate)
  const [first] = best
  if (first === undefined)
    throw noCandidate(model, `no run of ${rule.experiment} has what it takes: ${listed(left)}`)
  const ordered = order.map(({ metric, direction }) => `${metric} (${direction})`).join(', ')
  if (best.length > 1)
    throw new Fail('CANDIDATES_TIED', {
      model: policy.name,
      list: `runs ${best.map(titleOf).join(', ')}`,
      order: ordered || 'nothing: the policy orders by no metric',
    })
  // A run that still goes on, or was stopped, is nothing to wonder at; a number that is none is.
  const odd = left.filter(({ run }) => run.info.status === 'FINISHED')
  if (odd.length > 0)
    session.run.emit({
      type: 'notice',
      level: 'warning',
      text: `${count(odd.length, 'run')} of ${rule.experiment} cannot be a candidate: ${listed(odd)}`,
      hint: 'see why the training logs them so, or leave them out with candidate.from_runs.filter',
    })
  return first
}

const isFree = ({ stage, version }: VersionInfo, taken: ReadonlySet<string>): boolean =>
  stage !== 'Archived' && !taken.has(version)

/** The newest version that nobody has used yet. One that failed to register is none; one that is about to be, is waited for. */
const newestVersion = async (model: ModelSession): Promise<VersionInfo> => {
  const { registry, policy } = model
  const found = (await registry.model(policy.name)) && (await registry.versions(policy.name))
  if (found === undefined || found.length === 0)
    throw noCandidate(model, `${registry.title} has no version of it`)
  const { staging, production } = await observeHolders(registry, policy.name, 'production')
  const taken = new Set([...staging, ...production])
  const free = found.filter((one) => isFree(one, taken) && one.status !== 'FAILED_REGISTRATION')
  const [newest] = free.toSorted((a, b) => Number(b.version) - Number(a.version))
  if (newest !== undefined) return newest
  throw noCandidate(model, 'every version is at a place already, archived, or failed to register')
}

const namedVersion = async (model: ModelSession, version: string): Promise<VersionInfo> => {
  const found = await model.registry.version(model.policy.name, readVersion(version))
  if (found === undefined) throw versionGone(model, readVersion(version))
  return found
}

/** The rule still says that it is the best; people, or a rollback, have said that it is not. */
const warnOfArchived = ({ session, policy }: ModelSession, { version }: VersionInfo): void =>
  session.run.emit({
    type: 'notice',
    level: 'warning',
    text: `${policy.key}: the candidate, version ${version}, is archived: it has served before, or was put aside`,
    hint: "narrow candidate.from_runs.filter, for example to tags.commit = '${git.sha}', or name a --version",
  })

/**
 * The version to be measured and promoted: the named one; else that of the best run, which is registered if it was not yet; else the
 * newest one that is neither archived nor at a place.
 * @param version its number
 * @throws Fail NO_CANDIDATE, CANDIDATES_TIED, MODEL_NOT_FOUND, VERSION_NOT_READY, TIMEOUT, ALIAS_DANGLES, USAGE
 */
export const findCandidate = async (model: ModelSession, version?: string): Promise<VersionInfo> => {
  const { fromRuns } = model.policy.candidate
  if (version !== undefined) return await ready(model, await namedVersion(model, version))
  if (fromRuns === undefined) return await ready(model, await newestVersion(model))
  const run = await chosenRun(model, fromRuns)
  const found = await registered(model, run, fromRuns.artifact)
  if (found.stage === 'Archived') warnOfArchived(model, found)
  return await ready(model, found)
}
