import { orAbsent } from '../../client/absent.ts'
import type { Registration } from '../../client/registry/registry.ts'
import { Fail } from '../../errors.ts'
import { AnswerLost, hasCode } from '../../http/api-error.ts'
import { poll } from '../../http/poll.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import type { MlflowRun } from '../../wire/tracking.ts'
import type { ModelSession } from './open.ts'

/** ms that a registration may take: files are copied meanwhile. */
const longestRegistration = 600_000

/** The logged model of a run, by MLflow 3; or the folder of its artifacts that holds one. */
export interface RunModel {
  source: string
  modelId?: string
}

const noCandidate = ({ policy }: ModelSession, why: string, hint?: string): Fail =>
  new Fail('NO_CANDIDATE', { model: policy.name, why, ...(hint === undefined ? {} : { hint }) })

/** Of MLflow 3: the run's outputs name its models; those of a name that was logged twice are told apart by their step. */
const loggedModel = async (
  { mlflow }: ModelSession,
  run: MlflowRun,
  name: string,
): Promise<string | undefined> => {
  const outputs = (run.outputs?.model_outputs ?? []).toSorted(
    (a, b) => Number(b.step ?? 0) - Number(a.step ?? 0),
  )
  for (const { model_id } of outputs) {
    const found = (await orAbsent(mlflow.loggedModels.get({ model_id })))?.model
    if (found?.info.name === name && found.info.status !== 'LOGGED_MODEL_UPLOAD_FAILED') return model_id
  }
  return undefined
}

/**
 * The model that a run has logged.
 * @throws Fail NO_CANDIDATE when it has logged none of that name
 */
export const modelOfRun = async (
  model: ModelSession,
  run: MlflowRun,
  artifact: string,
): Promise<RunModel> => {
  const modelId = await loggedModel(model, run, artifact)
  if (modelId !== undefined) return { source: `models:/${modelId}`, modelId }
  const { run_id, artifact_uri: uri } = run.info
  const listed = await orAbsent(model.mlflow.artifacts.list({ run_id, path: artifact }))
  const isModel = (listed?.files ?? []).some(({ path }) => path === `${artifact}/MLmodel`)
  if (isModel && uri !== undefined) return { source: `${uri.replace(/\/+$/, '')}/${artifact}` }
  const hint = `log the model in the training, as «${artifact}» (candidate.from_runs.artifact), with mlflow.<flavor>.log_model`
  throw noCandidate(model, `run ${run_id} is the best one, but has logged no model «${artifact}»`, hint)
}

const isOther = ({ source, modelId }: VersionInfo, wanted: RunModel): boolean => {
  if (wanted.modelId === undefined)
    return source !== undefined && source.replace(/\/+$/, '') !== wanted.source
  if (modelId !== undefined) return modelId !== wanted.modelId
  return source?.startsWith('models:/m-') === true && source !== wanted.source
}

/** Unity Catalog tells a source of its own, which says nothing of the run's folder. */
const isOf = ({ registry }: ModelSession, runId: string, version: VersionInfo, wanted: RunModel): boolean => {
  if (wanted.modelId !== undefined && version.modelId === wanted.modelId) return true
  if (version.runId !== runId) return false
  return registry.kind === 'unity-catalog' && version.modelId === undefined ? true : !isOther(version, wanted)
}

/** The newest version that was made of a run's model; one that is READY before one that is not. */
const versionOf = async (
  model: ModelSession,
  runId: string,
  wanted: RunModel,
): Promise<VersionInfo | undefined> => {
  if ((await model.registry.model(model.policy.name)) === undefined) return undefined
  const found = (await model.registry.versions(model.policy.name)).filter((one) =>
    isOf(model, runId, one, wanted),
  )
  return found.find(({ status }) => status === 'READY') ?? found[0]
}

const createModel = async ({ registry, policy }: ModelSession): Promise<void> => {
  if ((await registry.model(policy.name)) !== undefined) return
  try {
    await registry.createModel(policy.name)
  } catch (error) {
    // Made by another run meanwhile, or by this one with its answer lost: the next call tells.
    if (!(error instanceof AnswerLost) && !hasCode(error, 'RESOURCE_ALREADY_EXISTS', 'ALREADY_EXISTS'))
      throw error
  }
}

/** How often a registration is tried whose answer is lost; before each repeat the version is looked for. */
const tries = 3

const create = async (
  model: ModelSession,
  runId: string,
  registration: Registration,
): Promise<VersionInfo> => {
  const { registry, policy } = model
  for (let number = 1; ; number += 1)
    try {
      return await registry.createVersion(policy.name, registration)
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error
      const made = await versionOf(model, runId, registration)
      if (made !== undefined) return made
      if (number === tries) throw error
    }
}

/**
 * The version of a run's model: the one that is there, else a new one. A repeat after a lost answer finds what was made.
 * @throws Fail NO_CANDIDATE where it cannot be registered from here
 */
export const registered = async (
  model: ModelSession,
  run: MlflowRun,
  artifact: string,
): Promise<VersionInfo> => {
  const { registry, policy, session } = model
  const runId = run.info.run_id
  const wanted = await modelOfRun(model, run, artifact)
  const there = await versionOf(model, runId, wanted)
  if (there !== undefined) return there
  if (registry.kind === 'unity-catalog') {
    const hint = `give registered_model_name=${JSON.stringify(policy.name)} to log_model in the training`
    throw noCandidate(
      model,
      `run ${runId} is the best one, but its training has not registered it in Unity Catalog`,
      hint,
    )
  }
  await createModel(model)
  const made = await create(model, runId, { ...wanted, runId })
  const text = `run ${runId} was registered as version ${made.version} of ${policy.name}`
  session.run.emit({ type: 'notice', level: 'info', text })
  return made
}

const notReady = ({ policy }: ModelSession, { version, status, statusMessage }: VersionInfo): Fail =>
  new Fail('VERSION_NOT_READY', {
    model: policy.name,
    version,
    status,
    why: statusMessage ? `: ${statusMessage}` : '',
  })

/**
 * The version as it is when its registration has ended.
 * @throws Fail VERSION_NOT_READY, TIMEOUT, MODEL_NOT_FOUND when it was deleted meanwhile
 */
export const ready = async (model: ModelSession, found: VersionInfo): Promise<VersionInfo> => {
  if (found.status === 'READY') return found
  if (found.status !== 'PENDING_REGISTRATION') throw notReady(model, found)
  const { registry, policy, session } = model
  const { clock, stop } = session.run.world
  return await poll({
    read: async () => {
      const now = await registry.version(policy.name, found.version)
      if (now === undefined) throw versionGone(model, found.version)
      if (now.status !== 'READY' && now.status !== 'PENDING_REGISTRATION') throw notReady(model, now)
      return now
    },
    done: ({ status }) => status === 'READY',
    state: ({ status }) => status,
    what: `version ${found.version} of ${policy.name} to be READY`,
    hint: 'its files may still be copied: look at it in the registry; register the model again if it stays so',
    timeoutMs: longestRegistration,
    clock,
    stop,
    firstMs: 1000,
    maxMs: 10_000,
  })
}

/** No such version. */
export const versionGone = ({ policy, registry }: ModelSession, version: string): Fail =>
  new Fail('MODEL_NOT_FOUND', {
    what: `version ${version} of ${policy.name}`,
    registry: registry.title,
    hint: `\`brickrail models --model ${policy.key}\` lists the versions that are there`,
  })

/** A version number as people write it. @throws Fail USAGE */
export const readVersion = (text: string): string => {
  const number = text.trim().replace(/^v/i, '')
  if (/^[1-9]\d{0,17}$/.test(number)) return number
  throw new Fail('USAGE', {
    what: `--version ${text} is not the number of a version`,
    hint: 'give a number, such as 3',
  })
}
