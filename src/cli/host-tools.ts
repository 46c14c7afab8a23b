import type { HostTools } from '../host/host.ts'
import type { Emit } from '../report/events.ts'
import type { Redactor } from '../report/redact.ts'
import type { World } from './script.ts'

interface Owner {
  world: World
  redactor: Redactor
  emit: Emit
}

/** What a CI host may use of this run. */
export const hostTools = ({ world, redactor, emit }: Owner): HostTools => ({
  env: world.env,
  fetch: world.fetch,
  sleep: async (ms) => await world.clock.sleep(ms, world.stop),
  emit,
  onSecret: (secret) => void redactor.add(secret),
})
