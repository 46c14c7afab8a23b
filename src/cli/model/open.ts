import { mlflowClient, type MlflowClient } from '../../client/mlflow.ts'
import { mlflowRegistry } from '../../client/registry/mlflow.ts'
import type { Registry } from '../../client/registry/registry.ts'
import { unityCatalogRegistry } from '../../client/registry/unity-catalog.ts'
import { workspaceRegistry } from '../../client/registry/workspace.ts'
import { didYouMean } from '../../config/faults.ts'
import { Fail } from '../../errors.ts'
import type { Call } from '../../http/call.ts'
import { mlflowTokens } from '../../http/mlflow-auth.ts'
import type { ModelPolicy, RegistryRef } from '../../plan/state-policy.ts'
import type { Session } from '../session.ts'

/** A declared model, and where its runs and versions are. */
export interface ModelSession {
  session: Session
  policy: ModelPolicy
  registry: Registry
  /** Tracking: of the workspace, or of the plain MLflow server. */
  mlflow: MlflowClient
}

interface PlainServer {
  uri: string
  /** How it is signed in to: see http/mlflow-auth.ts. */
  method: string
  tokenFrom: string | undefined
}

const credentialsHint = (tokenFrom: string | undefined): string =>
  tokenFrom === undefined
    ? 'put what this MLflow server accepts into MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD'
    : `put a token that this MLflow server accepts into ${tokenFrom}, as the policy names it`

/** What such a request fails of hints at the workspace; here another server is meant. */
const hinting =
  (call: Call, { uri, method, tokenFrom }: PlainServer): Call =>
  async (endpoint, input) => {
    try {
      return await call(endpoint, input)
    } catch (error) {
      if (!(error instanceof Fail)) throw error
      if (error.code === 'UNAUTHENTICATED') {
        const hint = credentialsHint(tokenFrom)
        throw new Fail('UNAUTHENTICATED', { ...error.context, host: uri, method, hint }, { cause: error })
      }
      if (error.code !== 'HOST_UNREACHABLE') throw error
      const hint = 'check `registry.uri` of the policy, DNS, proxy and firewall of this machine'
      throw new Fail('HOST_UNREACHABLE', { ...error.context, host: uri, hint }, { cause: error })
    }
  }

const plainServer = ({ run, callAt, embeddedMlflow }: Session, { uri, tokenFrom }: RegistryRef): Call => {
  if (uri === undefined) {
    if (embeddedMlflow !== undefined) return embeddedMlflow
    const hint = 'give registry: { kind: mlflow, uri: ${env.MLFLOW_TRACKING_URI} }'
    throw new Fail('USAGE', { what: 'the policy does not say where its MLflow server is', hint })
  }
  const onSecret = (secret: string) => void run.redactor.add(secret)
  const tokens = mlflowTokens(run.world.env, {
    host: uri,
    onSecret,
    ...(tokenFrom === undefined ? {} : { tokenFrom }),
  })
  const { method } = tokens
  return hinting(callAt(uri.replace(/\/+$/, ''), tokens), { uri, method, tokenFrom })
}

/**
 * Open the registry of a policy; nothing is sent yet.
 * @throws Fail USAGE, CREDENTIALS_MISSING, ENV_MISSING
 */
export const openModel = async (session: Session, policy: ModelPolicy): Promise<ModelSession> => {
  const { client } = session
  const host = session.host === 'embedded' ? 'the embedded workspace' : session.host
  const { registry: wanted } = policy
  const base = { session, policy, mlflow: client.mlflow }
  switch (wanted.kind) {
    case 'workspace':
      return { ...base, registry: workspaceRegistry(client.mlflow, host) }
    case 'unity-catalog':
      return { ...base, registry: unityCatalogRegistry(client.unityCatalogMlflow, host) }
    case 'mlflow': {
      const mlflow = mlflowClient(plainServer(session, wanted))
      const address = wanted.uri ?? 'the embedded workspace'
      return { ...base, mlflow, registry: mlflowRegistry(mlflow, wanted.names, address) }
    }
  }
}

/** A CI host gives a manual job's empty input as an empty text: nothing was chosen. */
export const emptyAsAbsent = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

/**
 * The policies that the command line means, by key; none named: all of them.
 * @throws Fail USAGE
 */
export const chosenPolicies = (
  session: Pick<Session, 'project'>,
  names: readonly string[],
): ModelPolicy[] => {
  const { models } = session.project
  const wanted = [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))]
  const keys = models.map(({ key }) => key)
  const unknown = wanted.find((name) => !keys.includes(name))
  if (unknown !== undefined)
    throw new Fail('USAGE', { what: `there is no model «${unknown}»`, hint: didYouMean(unknown, keys) })
  if (models.length === 0)
    throw new Fail('USAGE', {
      what: 'brickrail.yml declares no model',
      hint: 'declare a promotion policy under models, see docs/models-policy.md',
    })
  return wanted.length === 0 ? [...models] : models.filter(({ key }) => wanted.includes(key))
}
