import { onTestFinished } from 'vitest'
import { databricks, type Databricks } from '../../src/client/databricks.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { createCall } from '../../src/http/call.ts'
import { createLimiter } from '../../src/http/limiter.ts'
import { claim, type Claim } from '../../src/ledger/claim.ts'
import { deployments, type LedgerPlace, type Owner } from '../../src/ledger/record.ts'
import { virtualClock, type VirtualClock } from '../support/harness.ts'

const host = 'http://workspace.test'

export const place: LedgerPlace = { project: 'sample', target: 'dev' }
export const journal = deployments(place)
export const folder = '/Shared/.brickrail/sample/dev/deployments'

export const owner = (actor: string): Owner => ({
  id: `id of ${actor}`,
  actor,
  machine: `machine of ${actor}`,
  pid: 1,
  pipelineUrl: `https://ci.example/${actor}`,
})

export interface Ledger {
  client: Databricks
  clock: VirtualClock
  control(path: string, body: unknown): Promise<void>
  /** Calls that reached the workspace. */
  count(): Promise<number>
  begin(actor: string, number: number, touches?: string[]): Promise<Claim>
}

/** The embedded workspace as seen by runs that share a clock. */
export const open = (): Ledger => {
  const emulator = createEmulator({ clock: 'instant' })
  onTestFinished(() => emulator.close())
  const clock = virtualClock()
  const tokens = { method: 'pat', renewable: false, get: async () => emulator.token }
  const limiter = createLimiter(clock)
  const client = databricks(
    createCall({ host, fetch: emulator.fetch, tokens, clock, limiter, userAgent: 'test' }),
  )
  return {
    client,
    clock,
    control: async (path, body) => {
      await emulator.fetch(`${host}/_emulator/${path}`, { method: 'POST', body: JSON.stringify(body) })
    },
    count: async () => {
      const log = (await (await emulator.fetch(`${host}/_emulator/requests`)).json()) as {
        requests: unknown[]
      }
      return log.requests.length
    },
    begin: async (actor, number, touches = []) =>
      await claim({
        client,
        clock,
        journal,
        number,
        command: 'deploy',
        owner: owner(actor),
        contents: { summary: [], touches },
      }),
  }
}
