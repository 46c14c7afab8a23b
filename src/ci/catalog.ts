import { events, type Access, type Event, type Input, type Stage } from './model.ts'

/** What a command of Brickrail needs, so that a job that calls it is given that. */
interface CommandTraits {
  /** Has `--target`. */
  target: boolean
  access: Access
  /** Has `--lock-timeout`: CI jobs wait for one another instead of failing. */
  waits: boolean
}

const offline: CommandTraits = { target: false, access: 'none', waits: false }
const reads: CommandTraits = { target: true, access: 'read', waits: false }
const writes: CommandTraits = { target: true, access: 'write', waits: true }

/** Every command of the command line. */
export const commandTraits: Readonly<Record<string, CommandTraits>> = {
  demo: offline,
  init: offline,
  validate: { ...offline, target: true },
  doctor: reads,
  plan: reads,
  deploy: writes,
  'build-cluster': writes,
  'install-libraries': writes,
  'sync-workspace': writes,
  status: reads,
  history: reads,
  rollback: writes,
  unlock: { ...writes, waits: false },
  destroy: writes,
  generate: offline,
  bootstrap: offline,
  changes: offline,
  emulator: offline,
}

/** A job that comes with Brickrail. What is left out is as in a job of one's own. */
export interface BuiltIn {
  name: string
  stage: Stage
  about: string
  on: readonly Event[]
  /** Command line of Brickrail; `--target` and `--lock-timeout` are added. */
  command: string
  /** The target that it works on: that of pushes, the one behind approval, each of both in turn, or none. */
  of: 'target' | 'production' | 'both' | 'none'
  changes?: readonly string[]
  needs?: readonly string[]
  schedule?: string
  inputs?: readonly Input[]
  outputs?: readonly string[]
  comments?: boolean
  approval?: boolean
}

const deployed = ['deployment', 'changes']
const spec = 'pipelines/brickrail.yml'
const deployment: Input = {
  name: 'DEPLOYMENT',
  about: 'Number of the deployment to restore, see brickrail history',
  default: '',
}

/** First job of every pipeline; the others need it. */
export const firstJob = 'check-pipelines'

/** In the order of their stages. */
export const catalog: readonly BuiltIn[] = [
  {
    name: firstJob,
    stage: 'check',
    about: 'Pipeline files are as the spec generates them',
    on: events,
    command: 'generate --check',
    of: 'none',
    needs: [],
  },
  {
    name: 'validate',
    stage: 'check',
    about: 'Every file of the project is valid',
    on: ['merge_request', 'push'],
    command: 'validate',
    of: 'both',
  },
  {
    name: 'plan',
    stage: 'plan',
    about: 'Show what a merge would change',
    on: ['merge_request'],
    command: 'plan --comment',
    of: 'target',
    comments: true,
  },
  {
    name: 'build-cluster',
    stage: 'deploy',
    about: 'Create or change clusters and their libraries',
    on: ['push'],
    command: 'build-cluster',
    of: 'target',
    needs: [firstJob, 'validate'],
    changes: ['pipelines/clusters/**', 'pipelines/libraries/**', spec],
    outputs: deployed,
  },
  {
    name: 'sync-workspace',
    stage: 'deploy',
    about: 'Sync notebooks and files',
    on: ['push'],
    command: 'sync-workspace',
    of: 'target',
    needs: [firstJob, 'validate'],
    changes: ['workspace/**', spec],
    outputs: deployed,
  },
  {
    // A red run, then a push that touches other files: no filter would start again what is left to do.
    name: 'catch-up',
    stage: 'deploy',
    about: 'Deploy what an earlier red run left undone',
    on: ['push'],
    command: 'deploy --catch-up',
    of: 'target',
    needs: [firstJob, 'validate', 'build-cluster', 'sync-workspace'],
    outputs: deployed,
  },
  {
    name: 'deploy-production',
    stage: 'release',
    about: 'Deploy to production',
    on: ['manual'],
    command: 'deploy',
    of: 'production',
    // Where it is offered beside a push (GitLab), only after that push is deployed to the other target.
    needs: [firstJob, 'catch-up'],
    approval: true,
    outputs: deployed,
  },
  {
    name: 'rollback',
    stage: 'operate',
    about: 'Restore an earlier deployment',
    on: ['manual'],
    command: 'rollback --to "$DEPLOYMENT" --yes',
    of: 'target',
    inputs: [deployment],
    outputs: deployed,
  },
  {
    name: 'rollback-production',
    stage: 'operate',
    about: 'Restore an earlier deployment of production',
    on: ['manual'],
    command: 'rollback --to "$DEPLOYMENT" --yes',
    of: 'production',
    approval: true,
    inputs: [deployment],
    outputs: deployed,
  },
  {
    name: 'destroy',
    stage: 'operate',
    about: 'Remove what was deployed',
    on: ['manual'],
    command: 'destroy --yes',
    of: 'target',
    outputs: deployed,
  },
  {
    name: 'drift',
    stage: 'operate',
    about: 'Tell when the workspace is no longer as declared',
    on: ['schedule'],
    command: 'plan --exit-code',
    of: 'target',
    schedule: '17 4 * * *',
  },
]

export const builtInNames: readonly string[] = catalog.map(({ name }) => name)

export const isBuiltIn = (name: string): boolean => builtInNames.includes(name)

/** What a spec may change in a built-in job; the rest is what the job is. */
export const overridable = [
  'about',
  'branches',
  'changes',
  'needs',
  'environment',
  'schedule',
  'secrets',
  'variables',
  'artifacts',
  'timeout',
  'image',
  'tags',
  'pool',
  'runs_on',
] as const
