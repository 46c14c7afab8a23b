import { Fail } from '../errors.ts'
import type { Bootstrap, BootstrapOptions, BootstrapStep, Wanted } from '../host/bootstrap.ts'
import type { HostTools } from '../host/host.ts'
import { textTable, type Column } from '../report/table.ts'
import type { HostName } from './bootstrap-address.ts'
import type { TokenFacts } from './bootstrap-federation.ts'
import type { Run } from './script.ts'

/** How a step ended. */
export interface Outcome {
  what: string
  /** `would create`, `would update`: nothing was written. */
  state:
    | 'done'
    | 'created'
    | 'updated'
    | 'would create'
    | 'would update'
    | 'owner'
    | 'refused'
    | 'failed'
    | 'not tried'
  why?: string
}

const hosts: Readonly<Record<HostName, () => Promise<Bootstrap>>> = {
  gitlab: async () => (await import('../host/gitlab/bootstrap/bootstrap.ts')).bootstrapGitlab,
  azure: async () => (await import('../host/azure/bootstrap/bootstrap.ts')).bootstrapAzure,
  github: async () => (await import('../host/github/bootstrap/bootstrap.ts')).bootstrapGithub,
}

export const bootstrapOf = async (host: HostName): Promise<Bootstrap> => await hosts[host]()

const withWhy = (state: Outcome['state'], { what, why }: BootstrapStep): Outcome => ({
  what,
  state,
  ...(why === undefined ? {} : { why }),
})

/** Nothing to apply: what it is, it stays. */
const still = (step: BootstrapStep, dryRun: boolean): Outcome | undefined => {
  if (step.state === 'done') return withWhy('done', step)
  if (step.state === 'owner') return withWhy(step.refused === true ? 'refused' : 'owner', step)
  return dryRun ? withWhy(`would ${step.state}`, step) : undefined
}

/** A refusal ends its own step only. Without a host, or when told to stop, nothing more is tried. */
const applyOne = async (step: BootstrapStep, { emit, world }: Run): Promise<Outcome> => {
  world.stop.throwIfAborted()
  const id = step.what
  emit({ type: 'task', state: 'started', id, title: step.what, at: world.clock.now() })
  try {
    await step.apply?.()
    emit({ type: 'task', state: 'done', id, at: world.clock.now() })
    return withWhy(step.state === 'create' ? 'created' : 'updated', step)
  } catch (error) {
    if (!(error instanceof Fail)) throw error
    emit({ type: 'task', state: 'failed', id, detail: error.message, at: world.clock.now() })
    if (error.code !== 'CI_DENIED' && error.code !== 'CI_REFUSED') throw error
    const state = error.code === 'CI_DENIED' ? 'refused' : 'failed'
    return { what: step.what, state, why: `${error.message}; ${error.hint}` }
  }
}

/**
 * Apply the steps in their order; `dryRun` writes nothing.
 * @returns `stopped` is why not all were tried: Fail CI_UNREACHABLE or INTERRUPTED, or a bug
 */
export const applySteps = async (
  run: Run,
  steps: readonly BootstrapStep[],
  dryRun: boolean,
): Promise<{ outcomes: Outcome[]; stopped?: unknown }> => {
  const outcomes: Outcome[] = []
  for (const [index, step] of steps.entries())
    try {
      outcomes.push(still(step, dryRun) ?? (await applyOne(step, run)))
    } catch (stopped) {
      const rest = steps.slice(index).map((each) => still(each, dryRun) ?? withWhy('not tried', each))
      return { outcomes: [...outcomes, ...rest], stopped }
    }
  return { outcomes }
}

const said: Readonly<Record<Outcome['state'], string>> = {
  done: 'done',
  created: 'created',
  updated: 'updated',
  'would create': 'will create',
  'would update': 'will update',
  owner: 'only an owner can',
  refused: 'refused',
  failed: 'failed',
  'not tried': 'not tried',
}

const columns: readonly Column<Outcome>[] = [
  { title: 'state', value: ({ state }) => said[state] },
  { title: 'what', value: ({ what }) => what },
  { title: 'detail', value: ({ why }) => why ?? '' },
]

const summary = (outcomes: readonly Outcome[]): string => {
  const count = (...states: Outcome['state'][]) =>
    outcomes.filter(({ state }) => states.includes(state)).length
  const parts = [
    `${count('done')} done already`,
    `${count('created', 'would create')} ${count('would create') > 0 ? 'to create' : 'created'}`,
    `${count('updated', 'would update')} ${count('would update') > 0 ? 'to update' : 'updated'}`,
    `${count('owner')} only an owner can do`,
    ...(count('refused') > 0 ? [`${count('refused')} refused`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('not tried') > 0 ? [`${count('not tried')} not tried`] : []),
  ]
  return parts.join(', ')
}

export const outcomesText = (outcomes: readonly Outcome[], commands: string): string =>
  [
    textTable(columns, outcomes),
    summary(outcomes),
    ...(commands === '' ? [] : [`For an account admin of Databricks to run:\n${commands}`]),
  ].join('\n\n')

/** Of what was not done because the host said no. */
export const failureOf = (host: string, outcomes: readonly Outcome[]): Fail | undefined => {
  const of = (wanted: Outcome['state']) => outcomes.filter(({ state }) => state === wanted)
  const list = (bad: readonly Outcome[]) => bad.map(({ what }) => what).join(', ')
  const [refused, failed] = [of('refused'), of('failed')]
  const hint = 'the lines above say what to do; what is done stays, so run this again afterwards'
  if (refused.length > 0) {
    const what = `${refused.length} of ${outcomes.length} steps`
    return new Fail('CI_DENIED', { host, what, message: list([...refused, ...failed]), hint })
  }
  if (failed.length === 0) return undefined
  return new Fail('CI_REFUSED', {
    host,
    method: 'bootstrap',
    path: '',
    status: `${failed.length} of ${outcomes.length} steps failed`,
    message: list(failed),
    hint,
  })
}

/** What only the host can tell of its tokens; a refusal is no reason to keep the commands back. */
export const readTokenFacts = async (
  host: HostName,
  options: BootstrapOptions,
  tools: HostTools,
  wanted: Wanted,
): Promise<Pick<TokenFacts, 'subjectPrefix' | 'organizationId' | 'pipelineNames'>> => {
  try {
    if (host === 'github') {
      const { readSubjectPrefix } = await import('../host/github/bootstrap/subject.ts')
      const subjectPrefix = await readSubjectPrefix(options, tools)
      return subjectPrefix === undefined ? {} : { subjectPrefix }
    }
    if (host === 'gitlab') return {}
    const { readOrganization } = await import('../host/azure/bootstrap/bootstrap.ts')
    return await readOrganization(wanted, options, tools)
  } catch (error) {
    if (error instanceof Fail && error.code === 'CI_DENIED') return {}
    throw error
  }
}
