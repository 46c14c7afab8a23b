import type { Hono } from 'hono'
import type { ClusterSpec } from '../../wire/clusters.ts'
import type { JobRun } from '../../wire/runs.ts'
import { newRecord, save, type ClusterRecord } from '../cluster/record.ts'
import { seedRun } from '../runs/seed.ts'
import { advance, now, offset, type ClockMode } from './clock.ts'
import type { Fault, Faults } from './faults.ts'
import { stored } from './json.ts'
import type { RequestLog } from './log.ts'
import { addOutcome, outcomes, type Outcome } from './outcomes.ts'
import { addPrincipal, type NewPrincipal } from './principals.ts'
import { badValue } from './refused.ts'
import { json, type Services } from './router.ts'

export interface Controlled extends Services {
  readonly faults: Faults
  readonly log: RequestLog
  /** Forget everything and begin as a new workspace. */
  reset(): void
}

interface ClockChange {
  advance_ms?: number
  mode?: ClockMode
}

/** A cluster that no API call could make, for example one of the Jobs service. */
interface SeededCluster extends ClusterSpec {
  cluster_source?: string
  state?: ClusterRecord['state']
  creator_user_name?: string
}

const seedCluster = (services: Controlled, user: string, seeded: SeededCluster): { cluster_id: string } => {
  const { cluster_source: source = 'JOB', state = 'RUNNING', creator_user_name: creator, ...spec } = seeded
  const at = now(services.db)
  const record: ClusterRecord = { ...newRecord(services.db, spec, creator ?? user, source, at), state }
  if (state === 'RUNNING') record.running_since = at
  if (state === 'TERMINATED') record.terminated_time = at
  save(services.db, record)
  return { cluster_id: record.cluster_id }
}

const mountTest = (app: Hono, services: Controlled): void => {
  const { db, faults } = services
  app.get('/_emulator/faults', () => json({ faults: faults.list() }))
  app.post('/_emulator/faults', async (c) => {
    const given: Fault | Fault[] = await c.req.json()
    for (const fault of Array.isArray(given) ? given : [given]) faults.add(fault)
    return json({})
  })
  app.delete('/_emulator/faults', () => {
    faults.clear()
    return json({})
  })
  app.get('/_emulator/outcomes', () => json({ outcomes: outcomes(db) }))
  app.post('/_emulator/outcomes', async (c) => {
    const outcome: Outcome = await c.req.json()
    const { cluster, library, model } = outcome
    if ([cluster, library, model].filter((one) => one !== undefined).length !== 1)
      throw badValue('Give one of cluster, model (a name, or *) and library (a text that its JSON contains)')
    db.atomically(() => addOutcome(db, outcome))
    return json({})
  })
}

const mountLog = (app: Hono, { log }: Controlled): void => {
  app.get('/_emulator/requests', (c) => json({ requests: log.since(Number(c.req.query('since') ?? 0)) }))
  app.delete('/_emulator/requests', () => {
    log.clear()
    return json({})
  })
}

/**
 * `/_emulator/`: what a test or a demonstration may do to the workspace from outside. No credentials, not logged,
 * never hit by faults.
 */
export const mountControl = (app: Hono, services: Controlled, user: string): void => {
  const { db } = services
  const clock = () => json({ mode: services.mode, now: now(db), offset_ms: offset(db) })
  app.get('/_emulator/health', () => json({ status: 'ok', clock: services.mode }))
  mountLog(app, services)
  mountTest(app, services)
  app.get('/_emulator/clock', clock)
  app.post('/_emulator/clock', async (c) => {
    const change: ClockChange = await c.req.json()
    if (change.mode !== undefined) services.mode = change.mode
    db.atomically(() => advance(db, change.advance_ms ?? 0))
    services.site.wake()
    return clock()
  })
  app.post('/_emulator/reset', () => {
    services.reset()
    return json({})
  })
  app.post('/_emulator/principals', async (c) => {
    const added: NewPrincipal = await c.req.json()
    if (typeof added.user !== 'string') throw badValue("Missing required field 'user'")
    const { id } = db.atomically(() => addPrincipal(db, added))
    return json({ id, user: added.user })
  })
  app.post('/_emulator/clusters', async (c) => {
    const seeded: SeededCluster = await c.req.json()
    return json(db.atomically(() => seedCluster(services, user, seeded)))
  })
  app.post('/_emulator/runs', async (c) => {
    const run = stored<Partial<JobRun>>(await c.req.text())
    return json({ run_id: BigInt(db.atomically(() => seedRun(db, run))) })
  })
}
