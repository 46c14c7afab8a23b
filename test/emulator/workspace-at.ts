import { createEmulator, type EmulatorOptions } from '../../src/emulator/emulator.ts'
import { parseJson } from '../../src/emulator/server/json.ts'

export interface Answer {
  status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as they come
  body: any
  headers: Headers
}

export type Ask = (method: string, path: string, body?: unknown, token?: string) => Promise<Answer>

type Body = NonNullable<RequestInit['body']>

const bodyOf = (body: unknown): Body =>
  typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData
    ? (body as Body)
    : JSON.stringify(body)

/** JSON when it is JSON, else the bytes. */
const read = async (response: Response): Promise<unknown> => {
  const bytes = Buffer.from(await response.arrayBuffer())
  return response.headers.get('content-type')?.includes('json') === true ? parseJson(bytes.toString()) : bytes
}

/** A workspace of its own, asked over `fetch`. */
export const workspaceAt = (options: EmulatorOptions = {}) => {
  const emulator = createEmulator({ clock: 'instant', ...options })
  const ask: Ask = async (method, path, body, token = emulator.token) => {
    const response = await emulator.fetch(`https://adb-1.azuredatabricks.net${path}`, {
      method,
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: bodyOf(body) }),
    })
    return { status: response.status, body: await read(response), headers: response.headers }
  }
  const ok: Ask = async (...request) => {
    const answer = await ask(...request)
    if (answer.status !== 200)
      throw new Error(`${request[0]} ${request[1]}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer
  }
  return { emulator, ask, ok }
}

export const spec = {
  cluster_name: 'HelloCluster',
  spark_version: '6.0.x-scala2.11',
  node_type_id: 'Standard_DS3_v2',
  num_workers: 1,
}

/** Its id, RUNNING. */
export const runningCluster = async (ok: Ask, over: Record<string, unknown> = {}): Promise<string> => {
  const { body } = await ok('POST', '/api/2.1/clusters/create', { ...spec, ...over })
  await settle(ok, body.cluster_id)
  return body.cluster_id
}

/** Look twice: under the instant clock the second look shows the end. Returns the state. */
export const settle = async (ok: Ask, id: string): Promise<string> => {
  await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)
  return (await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body.state
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')
