import { createHash } from 'node:crypto'
import { clusterFields } from '../../src/config/cluster/fields.ts'
import type { PlanTools } from '../../src/plan/fields.ts'
import { marked } from '../../src/plan/marker.ts'
import { makePlan } from '../../src/plan/plan.ts'
import type {
  Deployed,
  DeployedCluster,
  Desired,
  DesiredCluster,
  DesiredFile,
  LedgerTail,
  ObservedCluster,
  Plan,
  RecordedFile,
  Scope,
  Step,
} from '../../src/plan/state.ts'
import type { ClusterDetails, ClusterSpec, ClusterState } from '../../src/wire/clusters.ts'
import type { Library, LibraryFullStatus, LibraryStatus } from '../../src/wire/libraries.ts'
import type { ObjectInfo } from '../../src/wire/workspace.ts'

/** The real table of fields and the real digest: nothing here stands in for our own code. */
export const tools: PlanTools = {
  fields: clusterFields,
  digest: (text) => createHash('sha256').update(text).digest('hex'),
}

/** A planner that writes to its inputs throws. */
export const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}

export const spec = (fields: ClusterSpec = {}): ClusterSpec => ({
  cluster_name: 'Main',
  spark_version: '17.3.x-scala2.13',
  node_type_id: 'Standard_DS3_v2',
  num_workers: 1,
  ...fields,
})

/** Without the fields of these names. */
export const without = (value: ClusterSpec, ...names: string[]): ClusterSpec =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

export const pypi = (name: string): Library => ({ pypi: { package: name } })

export const status = (name: string, state: LibraryStatus): LibraryFullStatus => ({
  library: pypi(name),
  status: state,
})

export const cluster = (fields: Partial<DesiredCluster> = {}): DesiredCluster => ({
  key: 'Main',
  spec: spec(),
  strategy: 'auto',
  adopt: false,
  libraries: [],
  librariesExclusive: false,
  ...fields,
})

interface There extends Partial<Omit<ObservedCluster, 'details' | 'libraries'>> {
  id?: string
  state?: ClusterState
  spec?: ClusterSpec
  /** Of the marker; `undefined` in `unmarked`. */
  generation?: number
  details?: Partial<ClusterDetails>
  libraries?: LibraryFullStatus[]
}

/** A cluster that nobody's marker is on. */
export const unmarked = (there: There = {}): ObservedCluster => {
  const { id = 'old', state = 'RUNNING', spec: own, details, libraries = [], ...rest } = there
  const observed = { ...(own ?? spec()), cluster_id: id, state, ...details }
  return { details: observed, libraries, pinned: false, acl: [], jobs: [], activeRuns: [], ...rest }
}

/** A cluster of project p, target dev, key Main. */
export const ours = ({ generation = 1, ...there }: There = {}): ObservedCluster => {
  const mark = { project: 'p', target: 'dev', key: 'Main', generation }
  return unmarked({ ...there, spec: marked(there.spec ?? spec(), mark, tools) })
}

export const file = (path: string, fields: Partial<DesiredFile> = {}): DesiredFile => ({
  path,
  source: path,
  type: 'FILE',
  format: 'RAW',
  digest: `digest of ${path}`,
  size: 10,
  ...fields,
})

export const notebook = (path: string, fields: Partial<DesiredFile> = {}): DesiredFile =>
  file(path, { type: 'NOTEBOOK', format: 'SOURCE', language: 'PYTHON', source: `${path}.py`, ...fields })

export const recorded = ({ source, ...rest }: DesiredFile, number = 1): RecordedFile => {
  void source
  return { ...rest, in: number }
}

/** Objects below /Shared/P; a path that ends in / is a folder, one without a dot a notebook. */
export const objects = (paths: readonly string[], modified_at = 50): ObjectInfo[] =>
  paths.map((path) => {
    if (path.endsWith('/')) return { path: `/Shared/P/${path.slice(0, -1)}`, object_type: 'DIRECTORY' }
    const object_type = path.includes('.') ? 'FILE' : 'NOTEBOOK'
    return { path: `/Shared/P/${path}`, object_type, modified_at }
  })

export const root = '/Shared/P'

export const desired = (fields: Partial<Desired> = {}): Desired => ({
  project: 'p',
  target: 'dev',
  clusters: [],
  ...fields,
})

export const deployed = (fields: Partial<Deployed> = {}): Deployed => ({
  clusters: [],
  ledger: { number: 0, unsettled: [] },
  ...fields,
})

/** The tail after one finished deployment that declared this. */
export const tailOf = (declared: Desired, id = 'old'): LedgerTail => ({
  number: 1,
  closedAt: 100,
  unsettled: [],
  state: {
    clusters: Object.fromEntries(
      declared.clusters.map(({ key, spec: own, libraries, strategy }) => [
        key,
        { id, spec: own, libraries, strategy },
      ]),
    ),
    ...(declared.files
      ? { files: { root: declared.files.root, files: declared.files.files.map((one) => recorded(one)) } }
      : {}),
  },
})

export const everything: Scope = ['cluster', 'libraries', 'files']

/** makePlan on frozen inputs. */
export const plan = (wanted: Desired, there: Deployed, scope: Scope = everything): Plan =>
  makePlan(frozen(wanted), frozen(there), frozen(scope), tools)

/** Plan one cluster: declared, there, and what the last deployment declared. */
export const planOne = (
  wanted: DesiredCluster,
  there: Partial<DeployedCluster>,
  options: { scope?: Scope; ledger?: LedgerTail } = {},
): Plan =>
  plan(
    desired({ clusters: [wanted] }),
    deployed({
      clusters: [{ key: wanted.key, owned: [], unowned: [], ...there }],
      ...(options.ledger ? { ledger: options.ledger } : {}),
    }),
    options.scope,
  )

/** A step in a word or two: `edit old`, `create`, `wait new RUNNING`. */
export const short = (step: Step): string => {
  const what = step.do.replace(/^cluster\./, '')
  if ('cluster' in step) {
    const on = 'id' in step.cluster ? step.cluster.id : 'new'
    return 'until' in step ? `${what} ${on} ${step.until}` : `${what} ${on}`
  }
  return what
}

export const steps = ({ steps: all }: Plan): string[] => all.map(short)
