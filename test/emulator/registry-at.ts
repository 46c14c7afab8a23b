import type { EmulatorOptions } from '../../src/emulator/emulator.ts'
import { workspaceAt, type Ask } from './workspace-at.ts'

/** A workspace whose plain face can be asked too: an MLflow server wants to be told that it is sent JSON. */
export const registryAt = (options: EmulatorOptions = {}) => {
  const { emulator } = workspaceAt(options)
  const ask: Ask = async (method, path, body, token = emulator.token) => {
    const response = await emulator.fetch(`http://workspace.test${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers }
  }
  const ok: Ask = async (...request) => {
    const answer = await ask(...request)
    if (answer.status !== 200)
      throw new Error(`${request[0]} ${request[1]}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer
  }
  return { emulator, ask, ok }
}
