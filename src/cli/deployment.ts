import { applyPlan } from '../apply/engine.ts'
import type { ApplyContext } from '../apply/context.ts'
import { stateAfter } from '../apply/state.ts'
import { titleOf } from '../apply/title.ts'
import { Fail } from '../errors.ts'
import { claim, type Claim, type Contents } from '../ledger/claim.ts'
import { createPacker } from '../ledger/packs.ts'
import { deployments, type DeploymentRecord } from '../ledger/record.ts'
import { attemptsIn } from '../plan/attempts.ts'
import { losses } from '../plan/lost.ts'
import { countWrites, isWrite } from '../plan/plan.ts'
import type { Desired, Plan, RecordedState, Scope, Step } from '../plan/state.ts'
import type { Int64 } from '../wire/endpoint.ts'
import { readSeconds } from './args.ts'
import { checkoutContent, prepare, type Content } from './content.ts'
import { outdatedBy } from './outdated.ts'
import { currentOwner } from './owner.ts'
import { heldBy, planTarget, refuse, type Planned } from './planning.ts'
import { planTools, type Session } from './session.ts'

/** What a deployment came to. */
export interface Deployment {
  /** Its number in the ledger; undefined when there was nothing to do. */
  number?: number
  writes: number
  /** Why nothing was deployed: this pipeline is not the newest one. */
  outdated?: string
}

/** How often a sign of life is looked at; it is given when a quarter of the lock's time is over. */
const beatMs = 15_000

/** Nothing is written, so nothing needs a lock: waiting for what is under way must not block others. */
const nothing = async (): Promise<void> => undefined
const noClaim: Claim = { number: 0, pulse: nothing, check: nothing, close: nothing }

const touchesOf = (step: Step): string[] => {
  if (step.do === 'files.upload') return step.files.map(({ path }) => path)
  return []
}

const touched = (plan: Plan): string[] => [...plan.steps.flatMap(touchesOf), ...(plan.files?.delete ?? [])]

/** Those that a dead run may have written are left out: the same bytes once more need not count as a change. */
const writtenBefore = ({ observation }: Planned): Map<string, Int64> => {
  const { files, ledger } = observation.deployed
  const doubtful = new Set(
    ledger.unsettled.flatMap(({ paths }) => paths.map((path) => `${files?.root}/${path}`)),
  )
  const known = (files?.objects ?? []).flatMap(({ path, modified_at }) =>
    modified_at === undefined || doubtful.has(path) ? [] : [[path, modified_at] as const],
  )
  return new Map(known)
}

/** What a pack of some deployment holds. */
const keptDigests = ({ files, apps, packages }: RecordedState = {}): Set<string> => {
  const code = Object.values(apps ?? {}).flatMap((app) => app.files)
  const wheels = Object.values(packages ?? {}).map(({ sha256, in: number }) => ({
    digest: sha256,
    in: number,
  }))
  const kept = [...code, ...wheels].filter((one) => one.in > 0)
  return new Set([...(files?.files ?? []), ...kept].map(({ digest }) => digest))
}

const contextOf = (session: Session, planned: Planned, held: Claim, content: Content): ApplyContext => {
  const { run, client, lastWords, place } = session
  const timeout = readSeconds(run.values, 'timeout') * 1000
  return {
    client,
    lastWords,
    clock: run.world.clock,
    stop: run.world.stop,
    claim: held,
    tools: planTools,
    packer: createPacker(client, place, held.number),
    read: content.file,
    readApp: content.app,
    wheel: content.wheel,
    place,
    wheels: new Map(),
    writtenBefore: writtenBefore(planned),
    kept: keptDigests(planned.observation.deployed.ledger.state),
    timeouts: { cluster: timeout, libraries: timeout },
    readBack: planned.plan.steps.some((step) => !step.do.startsWith('files.')),
    writtenAt: new Map(),
    failed: new Map(),
    created: new Map(),
    createdJobs: new Map(),
    sent: new Map(),
  }
}

/** What the record says from the beginning. */
const contentsOf = ({ desired, plan, observation }: Planned): Contents<DeploymentRecord> => {
  const attempts = attemptsIn(desired, plan.scope, plan.base + 1)
  const lost = losses(plan, observation.deployed.clusters)
  return {
    summary: plan.steps.filter(isWrite).map(titleOf),
    touches: touched(plan),
    ...(lost.length > 0 ? { lost } : {}),
    ...(attempts.length > 0 ? { attempts } : {}),
  }
}

const describeFailure = (error: unknown): { code: string; message: string } =>
  error instanceof Fail
    ? { code: error.code, message: error.message }
    : { code: 'BUG', message: error instanceof Error ? error.message : String(error) }

/** The record must say how it ended, but the failure to say so must not hide why it ended. */
const closeFailed = async (session: Session, held: Claim, error: unknown): Promise<void> => {
  const failure = describeFailure(error)
  const status = failure.code === 'INTERRUPTED' ? 'interrupted' : 'failed'
  try {
    await held.close({ status, failure })
  } catch {
    const text = `deployment #${held.number} could not be recorded as ${status}`
    session.run.emit({ type: 'notice', level: 'warning', text, hint: 'its lock ends by itself' })
  }
}

const applyHeld = async (
  session: Session,
  planned: Planned,
  held: Claim,
  content: Content,
): Promise<void> => {
  const { plan, desired, observation } = planned
  const context = contextOf(session, planned, held, content)
  // Steps pulse too, but a call that is throttled for minutes, or a long read-back, gives no sign of life by itself.
  const rest = session.run.world.every?.(beatMs, () => void held.pulse().catch(() => undefined))
  try {
    await applyPlan(context, plan, session.run.emit)
    const pack = await context.packer.finish()
    const state = stateAfter({ desired, plan, deployed: observation.deployed, ...context })
    await held.close({ status: 'done', state, pack })
  } catch (error) {
    await closeFailed(session, held, error)
    throw error
  } finally {
    rest?.()
  }
}

/**
 * apply: claim the target, run the plan's steps, record the outcome. A plan without writes claims nothing.
 * @throws Fail LOCKED, FOREIGN, and whatever a step throws
 */
export const applyPlanned = async (
  session: Session,
  planned: Planned,
  content: Content = checkoutContent(session),
): Promise<Deployment> => {
  const { run, place, lastWords } = session
  const { plan } = planned
  // A bad value must show before the lock is taken.
  readSeconds(run.values, 'timeout')
  refuse(session, planned)
  const writes = countWrites(plan)
  if (writes === 0 && !plan.settles) {
    await applyPlan(contextOf(session, planned, noClaim, content), plan, run.emit)
    return { writes }
  }
  const busy = heldBy(session, planned)
  if (busy) throw busy
  await prepare(plan, content)
  const held = await claim({
    client: lastWords,
    clock: run.world.clock,
    journal: deployments(place),
    number: plan.base + 1,
    command: run.name,
    owner: await currentOwner(run.world, session.project.root),
    contents: contentsOf(planned),
  })
  await applyHeld(session, planned, held, content)
  return { number: held.number, writes }
}

/** ms since 1970. */
const lockEnd = ({ run }: Session): number =>
  run.world.clock.now() + readSeconds(run.values, 'lock-timeout') * 1000

/** Plan, and while another run holds the target plan again, for at most --lock-timeout seconds. */
export const planWhenFree = async (
  session: Session,
  desired: Desired,
  scope: Scope,
  end: number = lockEnd(session),
): Promise<Planned> => {
  const { clock, stop } = session.run.world
  for (;;) {
    const planned = await planTarget(session, desired, scope)
    const busy = countWrites(planned.plan) > 0 || planned.plan.settles ? heldBy(session, planned) : undefined
    if (!busy || clock.now() >= end) return planned
    session.run.emit({ type: 'notice', level: 'info', text: `waiting: ${busy.message}` })
    await clock.sleep(Math.min(10_000, Math.max(1000, end - clock.now())), stop)
  }
}

const lostRace = (error: unknown): error is Fail =>
  error instanceof Fail && (error.code === 'LOCKED' || error.code === 'OVERTAKEN')

/**
 * observe -> plan -> apply, with the plan reported before its first step. Another run may take the target between plan and
 * claim (two jobs of one pipeline start at the same moment): then plan again on what it leaves, while --lock-timeout lasts.
 */
export const deploy = async (
  session: Session,
  desired: Desired,
  scope: Scope,
  content: Content = checkoutContent(session),
): Promise<Deployment> => {
  const { world, values, emit } = session.run
  const end = lockEnd(session)
  for (;;) {
    const planned = await planWhenFree(session, desired, scope, end)
    const outdated = outdatedBy(planned.observation.ledger.records, world)
    if (outdated !== undefined && values['allow-outdated'] !== true) return { writes: 0, outdated }
    emit({ type: 'plan', plan: planned.plan })
    try {
      return await applyPlanned(session, planned, content)
    } catch (error) {
      if (!lostRace(error) || world.clock.now() >= end) throw error
      emit({ type: 'notice', level: 'info', text: `${error.message}; planning again` })
    }
  }
}
