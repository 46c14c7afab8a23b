import { chooseCluster, failedToStart, type Choice } from './choose.ts'
import { changeNeeded, compareSpec, foreignTags, resetByEdit } from './compare.ts'
import type { PlanTools } from './fields.ts'
import { withAttempts } from './attempts.ts'
import { hitsOf } from './hits.ts'
import { heirlooms } from './lost.ts'
import { planLibraries, type LibraryChange } from './libraries.ts'
import { generationOf, marked } from './marker.ts'
import { clusterSteps, keepsId, keepsRunning } from './cluster-steps.ts'
import type {
  ClusterAction,
  ClusterChange,
  DeployedCluster,
  Desired,
  DesiredCluster,
  FieldChange,
  LedgerTail,
  ObservedCluster,
  Plan,
  RecordedState,
  Scope,
  Step,
} from './state.ts'

export interface ClusterPlan {
  change: ClusterChange
  steps: Step[]
  warnings: string[]
  refusals: Plan['refusals']
}

const nothing: LibraryChange = {
  wanted: [],
  install: [],
  uninstall: [],
  restart: false,
  pending: false,
  notes: [],
}

/** Running, or about to: a change that restarts it interrupts whoever waits for it, too. */
const isUp = ({ details }: ObservedCluster): boolean =>
  ['RUNNING', 'PENDING', 'RESTARTING', 'RESIZING'].includes(details.state)

/** A cluster that is being resized runs on, and is RUNNING again soon. */
const canResize = ({ details }: ObservedCluster): boolean => ['RUNNING', 'RESIZING'].includes(details.state)

/** `auto` is the least disruptive way that reaches the spec; the others are the user's choice. */
const actionFor = (
  desired: DesiredCluster,
  current: ObservedCluster,
  fields: FieldChange[],
  tools: PlanTools,
): ClusterAction => {
  const needed = changeNeeded(fields, tools.fields)
  const broken = current.details.state === 'ERROR' || current.details.state === 'UNKNOWN'
  if (desired.strategy === 'recreate' && (needed !== 'none' || broken)) return 'recreate'
  if (broken || needed === 'new') return 'blue-green'
  if (needed === 'none') return failedToStart(current) ? 'start' : 'none'
  if (needed === 'resize' && desired.strategy !== 'edit') return canResize(current) ? 'resize' : 'edit'
  return desired.strategy === 'blue-green' ? 'blue-green' : 'edit'
}

const refusalsFor = (desired: DesiredCluster, action: ClusterAction): Plan['refusals'] =>
  desired.strategy === 'edit' && action === 'blue-green'
    ? [
        {
          what: `cluster ${desired.key} cannot reach its spec by an edit, which is its strategy`,
          hint: 'set `strategy: auto` or `blue-green`: a new cluster is needed',
        },
      ]
    : []

/** A replacement takes over the libraries that others installed on the old clusters, too. */
const librariesOfReplacement = (
  desired: DesiredCluster,
  old: readonly ObservedCluster[],
  state: RecordedState | undefined,
): DesiredCluster => {
  if (desired.librariesExclusive || old.length === 0) return desired
  const before = state?.clusters?.[desired.key]?.libraries ?? []
  const there = old.flatMap(({ libraries }) => libraries)
  const { uninstall } = planLibraries({ ...desired, librariesExclusive: true }, there, [])
  const { uninstall: ours } = planLibraries(desired, there, before)
  return {
    ...desired,
    libraries: [...desired.libraries, ...uninstall.filter((library) => !ours.includes(library))],
  }
}

interface Inputs {
  desired: DesiredCluster
  deployed: DeployedCluster
  ledger: LedgerTail
  names: Pick<Desired, 'project' | 'target'>
  scope: Scope
  tools: PlanTools
}

const planLibrariesOf = (
  inputs: Inputs,
  choice: Choice,
  action: ClusterAction,
  inherited: readonly ObservedCluster[],
): LibraryChange => {
  const { desired, ledger, scope } = inputs
  if (!scope.includes('libraries')) return nothing
  if (keepsId(action))
    return planLibraries(
      librariesOfReplacement(desired, inherited, ledger.state),
      choice.current?.libraries ?? [],
      ledger.state?.clusters?.[desired.key]?.libraries ?? [],
    )
  const old = choice.current ? [choice.current, ...inherited] : inherited
  return planLibraries(
    librariesOfReplacement(desired, old, ledger.state),
    choice.successor?.libraries ?? [],
    [],
  )
}

const resetNotes = (
  { desired, tools }: Inputs,
  current: ObservedCluster | undefined,
  action: ClusterAction,
): string[] => {
  if (!current || !['edit', 'blue-green', 'recreate'].includes(action)) return []
  const reset = resetByEdit(desired.spec, current.details, tools.fields)
  return reset.length > 0 ? [`not declared, so back to what the workspace chooses: ${reset.join(', ')}`] : []
}

const describeChange = (
  inputs: Inputs,
  choice: Choice,
  action: ClusterAction,
  fields: FieldChange[],
  libraries: LibraryChange,
  inherited: readonly ObservedCluster[],
): ClusterChange => {
  const { desired } = inputs
  const { current, leftovers } = choice
  const restart =
    current !== undefined &&
    isUp(current) &&
    (action === 'edit' || (keepsRunning(action) && libraries.restart))
  return {
    key: desired.key,
    name: desired.spec.cluster_name ?? desired.key,
    action,
    ...(current ? { id: current.details.cluster_id } : {}),
    fields: action === 'create' ? [] : fields,
    restart,
    keepsId: keepsId(action),
    hits: current ? hitsOf(current, action, restart) : [],
    install: libraries.install,
    uninstall: libraries.uninstall,
    notes: [
      ...(choice.adopted
        ? [`takes over ${current?.details.cluster_id ?? ''}, which nobody's project marks as its own`]
        : []),
      ...(choice.successor
        ? [`goes on with ${choice.successor.details.cluster_id}, which an interrupted run has created`]
        : []),
      ...leftovers.map(({ details }) => `removes ${details.cluster_id}, left over from an interrupted run`),
      ...(action === 'start'
        ? [`its last start failed (${current?.details.termination_reason?.code ?? 'unknown'}): tries again`]
        : []),
      ...inherited.map(
        ({ details }) => `takes the place of ${details.cluster_id}, which an interrupted run was replacing`,
      ),
      ...resetNotes(inputs, current, action),
      ...libraries.notes,
    ],
  }
}

/** Plan one declared cluster with its libraries. */
export const planCluster = (given: Inputs): ClusterPlan => {
  const { desired, deployed, names, scope, tools } = given
  const ledger = withAttempts(given.ledger, desired.key)
  const inputs = { ...given, ledger }
  const inScope = scope.includes('cluster')
  const found = chooseCluster(desired, deployed, ledger, tools)
  const choice = inScope ? found : { ...found, leftovers: [] }
  const { current } = choice
  const recorded = ledger.state?.clusters?.[desired.key]?.spec
  const fields = current ? compareSpec(desired.spec, current.details, recorded, tools.fields) : []
  const reached = current ? actionFor(desired, current, fields, tools) : ('create' as const)
  const wanted: ClusterAction = choice.adopted && reached === 'none' ? 'edit' : reached
  const action = inScope ? wanted : 'none'
  const inherited = inScope ? heirlooms(current, deployed.lost) : []
  const libraries = planLibrariesOf(inputs, choice, action, inherited)
  const generation =
    choice.adopted || !keepsId(action) || !current ? ledger.number + 1 : generationOf(current.details)
  const foreign = current ? foreignTags(desired.spec, current.details, recorded) : {}
  const spec = marked(desired.spec, { ...names, key: desired.key, generation }, tools, foreign)
  const absent = !inScope && !current
  const steps = absent
    ? []
    : clusterSteps({
        key: desired.key,
        spec,
        choice,
        action,
        libraries,
        heirlooms: inherited,
      })
  const pending =
    !inScope && wanted !== 'none' && !absent
      ? ['its spec differs too; this command changes libraries only']
      : []
  const change = describeChange(inputs, choice, action, inScope ? fields : [], libraries, inherited)
  return {
    change: { ...change, notes: [...change.notes, ...pending] },
    steps,
    warnings: choice.warnings.map((text) => `cluster ${desired.key}: ${text}`),
    refusals: [
      ...choice.refusals,
      ...refusalsFor(desired, action),
      ...(absent
        ? [
            {
              what: `cluster ${desired.key} does not exist, so nothing can be installed on it`,
              hint: 'run `brickrail build-cluster` first',
            },
          ]
        : []),
    ],
  }
}
