import { firstJob, spec, type BuiltIn } from './built-in.ts'
import { modelJobs } from './catalog-models.ts'
import { events, type Access, type Input } from './model.ts'

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
const acts: CommandTraits = { ...writes, waits: false }

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
  run: acts,
  logs: reads,
  test: acts,
  train: acts,
  evaluate: acts,
  promote: writes,
  'rollback-model': writes,
  approve: acts,
  reject: acts,
  models: reads,
  compare: reads,
  pull: reads,
  retrain: acts,
}

/** What a command line needs: suites that run on the machine of the job need no workspace, unless their results are kept there. */
export const traitsOf = (command: string): CommandTraits | undefined => {
  const [word = '', ...rest] = command.trim().split(/\s+/)
  if (word === 'test' && rest.includes('--local') && !rest.includes('--record')) return offline
  // Looks at what an evaluation has left.
  return word === 'evaluate' && rest.includes('--stored') ? reads : commandTraits[word]
}

const deployed = ['deployment', 'changes']
const tested = ['tests', 'failed_tests', 'flaky_tests']
const deployment: Input = {
  name: 'DEPLOYMENT',
  about: 'Number of the deployment to restore, see brickrail history',
  default: '',
}

const job: Input = { name: 'JOB_KEY', about: 'Key of the job under jobs, see brickrail.yml', default: '' }

/** Each stage in its order. */
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
    when: ['local-tests'],
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
  ...modelJobs.plan,
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
    when: ['jobs'],
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
  ...modelJobs.test,
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
    when: ['remote-tests'],
    withModels: {
      about: 'Tests of this commit pass, and are kept for the gates of models',
      command: 'test --record',
      when: ['remote-tests', 'local-tests'],
    },
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
  ...modelJobs.release,
  {
    name: 'run-job',
    stage: 'operate',
    about: 'Run a deployed job and wait for its result',
    on: ['manual'],
    command: 'run "$JOB_KEY"',
    of: 'target',
    inputs: [job],
    outputs: ['run_id', 'run_url', 'result'],
    when: ['jobs'],
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
  ...modelJobs.operate,
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
