import { isMissing, type ApiError } from '../../http/api-error.ts'
import type { ModelPolicy } from '../../plan/state-policy.ts'
import type { ModelPermission } from '../../wire/registry-databricks.ts'
import { isAdmin, namesOf, orFinding, type Check, type Finding, type Patient } from './check.ts'

const checkName = ({ key }: ModelPolicy): string => `model ${key}`

const notYet = (check: string): Finding => ({
  check,
  verdict: 'ok',
  detail: 'the registry answers; the model is not there yet: who registers it first may manage it',
})

/** Not the model is missing, but what it would be in: a catalog, the registry, or MLflow at that address. */
const isAbove = ({ errorCode }: ApiError): boolean =>
  /^(METASTORE|CATALOG|SCHEMA|HTTP)_|^(FEATURE_DISABLED|ENDPOINT_NOT_FOUND)$/.test(errorCode)

const orAbsent = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work
  } catch (error) {
    if (isMissing(error) && !isAbove(error)) return undefined
    throw error
  }
}

/** Weakest first: https://docs.databricks.com/security/auth/access-control#mlflow-models */
const levels: readonly ModelPermission[] = [
  'CAN_READ',
  'CAN_EDIT',
  'CAN_MANAGE_STAGING_VERSIONS',
  'CAN_MANAGE_PRODUCTION_VERSIONS',
  'CAN_MANAGE',
]

const neededFor = ({ path }: ModelPolicy): ModelPermission =>
  path.includes('production') ? 'CAN_MANAGE_PRODUCTION_VERSIONS' : 'CAN_MANAGE_STAGING_VERSIONS'

/** Jobs that train need less than those that promote to Production: too little for one is no failure of the project. */
const inWorkspace = async ({ client, me }: Patient, policy: ModelPolicy): Promise<Finding> => {
  const check = checkName(policy)
  const found = await orAbsent(client.mlflow.databricks.getModel({ name: policy.name }))
  if (!found) return notYet(check)
  const { permission_level: level } = found.registered_model_databricks
  const needed = neededFor(policy)
  if (isAdmin(me) || (level !== undefined && levels.indexOf(level) >= levels.indexOf(needed)))
    return { check, verdict: 'ok', detail: `${level ?? 'a workspace admin'}: may move its versions` }
  return {
    check,
    verdict: level === undefined ? 'unknown' : 'warning',
    detail: `${me.userName} has ${level ?? 'rights that are not told'}, and moving its versions takes ${needed}`,
    fix: `somebody with CAN_MANAGE on ${policy.name} grants ${needed} to the identity that promotes; without it \`promote\` files requests`,
  }
}

/** Aliases are set by the owner: https://docs.databricks.com/machine-learning/manage-model-lifecycle/ */
const inCatalog = async ({ client, me }: Patient, policy: ModelPolicy): Promise<Finding> => {
  const check = checkName(policy)
  const found = await orAbsent(client.unityCatalog.getModel({ full_name: policy.name }))
  if (!found) return notYet(check)
  const { owner } = found
  if (owner !== undefined && namesOf(me).has(owner))
    return { check, verdict: 'ok', detail: `${owner} owns it: may move its aliases` }
  return {
    check,
    verdict: owner === undefined ? 'unknown' : 'warning',
    detail: `its owner is ${owner ?? 'not told'}, not ${me.userName}: aliases are the owner's to move`,
    fix: `its owner gives ${policy.name} to a group that holds the identity that promotes`,
  }
}

const onServer = async (patient: Patient, policy: ModelPolicy): Promise<Finding> => {
  const check = checkName(policy)
  const { registry, mlflow } = await patient.open(policy)
  const found = await orAbsent(mlflow.registry.getModel({ name: policy.name }))
  return {
    check,
    verdict: 'ok',
    detail: `${registry.title} answers${found ? '' : '; the model is not there yet'}`,
  }
}

const asked = {
  workspace: inWorkspace,
  'unity-catalog': inCatalog,
  mlflow: onServer,
} as const

/** Of each declared model: whether its registry answers, and lets this identity move versions. */
export const checkModels: Check = async (patient) => {
  const found = await Promise.all(
    patient.models.map((policy) =>
      orFinding(checkName(policy), async () => [await asked[policy.registry.kind](patient, policy)]),
    ),
  )
  return found.flat()
}
