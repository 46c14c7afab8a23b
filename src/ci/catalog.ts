import { events, type Access, type Event, type Input, type Stage } from './model.ts'

/** What a command of Brickrail needs, so that a job that calls it is given that. */
interface CommandTraits {
  /** Has `--target`. */
  target: boolean
  access: Access
  /** Has `--lock-timeout`: CI jobs wait for one another instead of failing. */
  waits: boolean
  /** May build packages. */
  builds?: true
}

const offline: CommandTraits = { target: false, access: 'none', waits: false }
const reads: CommandTraits = { target: true, access: 'read', waits: false }
const writes: CommandTraits = { target: true, access: 'write', waits: true }
const deploys: CommandTraits = { ...writes, builds: true }

/** Every command of the command line. */
export const commandTraits: Readonly<Record<string, CommandTraits>> = {
  demo: offline,
  init: offline,
  validate: { ...offline, target: true },
  package: { ...offline, target: true, builds: true },
  doctor: reads,
  plan: reads,
  deploy: deploys,
  'build-cluster': deploys,
  'install-libraries': deploys,
  'sync-workspace': writes,
  'deploy-jobs': deploys,
  status: reads,
  history: reads,
  rollback: writes,
  unlock: { ...writes, waits: false },
  destroy: writes,
  generate: offline,
  bootstrap: offline,
  changes: offline,
  emulator: offline,
  run: { ...writes, waits: false },
  logs: reads,
  test: { ...writes, waits: false },
}

/** What a command line needs: suites that run on the machine of the job need no workspace. */
export const traitsOf = (command: string): CommandTraits | undefined => {
  const [word = '', ...rest] = command.trim().split(/\s+/)
  return word === 'test' && rest.includes('--local') ? offline : commandTraits[word]
}

/** What a project may declare, and its pipelines then have jobs for; packages: or need the whole clone for. */
export const declarable = ['jobs', 'packages', 'local-tests', 'remote-tests'] as const
export type Declared = (typeof declarable)[number]

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
  /** Only in a project that declares it. */
  when?: Exclude<Declared, 'packages'>
}

const deployed = ['deployment', 'changes']
const tested = ['tests', 'failed_tests', 'flaky_tests']
const spec = 'pipelines/brickrail.yml'
const deployment: Input = {
  name: 'DEPLOYMENT',
  about: 'Number of the deployment to restore, see brickrail history',
  default: '',
}

const job: Input = { name: 'JOB_KEY', about: 'Key of the job under jobs, see brickrail.yml', default: '' }

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
    name: 'local-tests',
    stage: 'check',
    about: 'Tests that need no workspace pass',
    on: ['merge_request', 'push'],
    command: 'test --local',
    of: 'none',
    outputs: tested,
    when: 'local-tests',
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
    needs: [firstJob, 'validate', 'local-tests'],
    changes: ['workspace/**', spec],
    outputs: deployed,
  },
  {
    name: 'deploy-jobs',
    stage: 'deploy',
    about: 'Deploy packages, apps and jobs',
    on: ['push'],
    // All of it, in the engine's order: the jobs may name a cluster that this very push declares. To wait for build-cluster and
    // sync-workspace would make one pipeline of all three on Azure, which filters whole pipelines by path.
    command: 'deploy',
    of: 'target',
    needs: [firstJob, 'validate', 'local-tests'],
    changes: ['pipelines/jobs/**', 'workspace/**', spec],
    outputs: deployed,
    when: 'jobs',
  },
  {
    // A red run, then a push that touches other files: no filter would start again what is left to do.
    name: 'catch-up',
    stage: 'deploy',
    about: 'Deploy what an earlier red run left undone',
    on: ['push'],
    command: 'deploy --catch-up',
    of: 'target',
    needs: [firstJob, 'validate', 'local-tests', 'build-cluster', 'sync-workspace', 'deploy-jobs'],
    outputs: deployed,
  },
  {
    name: 'cluster-tests',
    stage: 'test',
    about: 'Tests on the clusters of the target pass',
    on: ['push'],
    command: 'test --remote',
    of: 'target',
    // Everything of this push is deployed by then, also what an earlier one has left undone.
    needs: [firstJob, 'local-tests', 'build-cluster', 'sync-workspace', 'deploy-jobs', 'catch-up'],
    outputs: tested,
    when: 'remote-tests',
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
    name: 'run-job',
    stage: 'operate',
    about: 'Run a deployed job and wait for its result',
    on: ['manual'],
    command: 'run "$JOB_KEY"',
    of: 'target',
    inputs: [job],
    outputs: ['run_id', 'run_url', 'result'],
    when: 'jobs',
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
