/**
 * Servers of MLflow's API under test: the embedded workspace (or a real one, see subject.ts), the plain MLflow server that the emulator
 * serves below `/mlflow`, and a real MLflow server. Suites are functions over one of them.
 */
import { randomInt } from 'node:crypto'
import { afterAll } from 'vitest'
import { mlflowClient, type MlflowClient, type MlflowDatabricksClient } from '../../src/client/mlflow.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { createCall, type Call } from '../../src/http/call.ts'
import { systemClock as clock } from '../../src/http/clock.ts'
import { createLimiter } from '../../src/http/limiter.ts'
import { mlflowTokens } from '../../src/http/mlflow-auth.ts'
import type { AnyEndpoint } from '../../src/wire/endpoint.ts'
import { open } from './subject.ts'

/** What a raw request was answered. */
export interface Answered {
  status: number
  text: string
}

export interface MlflowSubject {
  readonly title: string
  readonly face: 'databricks' | 'mlflow'
  /** The client under test. */
  readonly client: MlflowClient
  /** The same with what only a workspace has. */
  readonly databricks: MlflowDatabricksClient | undefined
  /** What the client calls with, for inputs that its types do not allow. */
  readonly call: Call
  /** Endpoints that were called with success. */
  readonly called: ReadonlySet<AnyEndpoint>
  /** A name that nothing else has. */
  readonly unique: (word: string) => string
  /** A name for an experiment that does not exist yet, as this face wants them. */
  readonly experimentName: (word: string) => Promise<string>
  /** Any request, with credentials; the path begins with `/`. */
  readonly raw: (
    method: string,
    path: string,
    body?: string,
    headers?: Record<string, string>,
  ) => Promise<Answered>
}

const recorded =
  (call: Call, called: Set<AnyEndpoint>): Call =>
  async (endpoint, input) => {
    const output = await call(endpoint, input)
    called.add(endpoint)
    return output
  }

const uniquely = () => {
  const run = `${Date.now().toString(36)}${randomInt(36 ** 4).toString(36)}`
  let count = 0
  return (word: string) => `brickrail-contract-${run}-${word}-${(count += 1)}`
}

const rawTo =
  (fetch: typeof globalThis.fetch, host: string, token: string): MlflowSubject['raw'] =>
  async (method, path, body, headers = {}) => {
    const authorization: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` }
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const init = { method, headers: { ...authorization, ...type, ...headers } }
    const response = await fetch(host + path, body === undefined ? init : { ...init, body })
    return { status: response.status, text: await response.text() }
  }

/** The root of the embedded workspace, or the real workspace that the environment names. */
export const workspaceFace = async (): Promise<MlflowSubject> => {
  const subject = await open()
  const { unique, call, called } = subject
  const raw: MlflowSubject['raw'] = async () => {
    throw new Error('raw requests are for plain MLflow servers')
  }
  return {
    title: 'a workspace',
    face: 'databricks',
    client: subject.client.mlflow,
    databricks: subject.client.mlflow,
    experimentName: async (word) => await subject.path(word),
    call,
    called,
    unique,
    raw,
  }
}

interface Plain {
  title: string
  host: string
  token: string
  fetch: typeof globalThis.fetch
}

const plain = ({ title, host, token, fetch }: Plain): MlflowSubject => {
  const called = new Set<AnyEndpoint>()
  const unique = uniquely()
  const tokens = mlflowTokens({ MLFLOW_TRACKING_TOKEN: token }, { host, onSecret: () => undefined })
  const limiter = createLimiter(clock)
  const call = recorded(
    createCall({ host, fetch, tokens, clock, limiter, userAgent: 'brickrail-test' }),
    called,
  )
  return {
    title,
    face: 'mlflow' as const,
    call,
    called,
    unique,
    client: mlflowClient(call),
    databricks: undefined,
    experimentName: async (word) => unique(word),
    raw: rawTo(fetch, host, token),
  }
}

/** The plain face of an emulator of its own, which ends with the test file. Call it at the file's top level. */
export const plainFace = (): MlflowSubject => {
  const { fetch, token, close } = createEmulator({ clock: 'instant' })
  afterAll(() => close())
  return plain({
    title: 'the plain face of the emulator',
    host: 'http://workspace.test/mlflow',
    token,
    fetch,
  })
}

/** A real MLflow server, which asks for no token. */
export const realServer = (host: string): MlflowSubject =>
  plain({ title: 'a real MLflow server', host, token: '', fetch: globalThis.fetch })
