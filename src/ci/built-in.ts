import type { Event, Input, Job, Stage } from './model.ts'

/** What a project may declare, and its pipelines then have jobs for; packages: or need the whole clone for. */
export const declarable = ['jobs', 'packages', 'models', 'local-tests', 'remote-tests'] as const
export type Declared = (typeof declarable)[number]

/** What a job that comes with Brickrail may say of itself; what is left out is as in a job of one's own. */
export interface Given {
  name: string
  stage: Stage
  about: string
  on: readonly Event[]
  changes?: readonly string[]
  needs?: readonly string[]
  schedule?: string
  inputs?: readonly Input[]
  outputs?: readonly string[]
  artifacts?: readonly string[]
  comments?: boolean
  approval?: boolean
}

/** A job that comes with Brickrail. */
export interface BuiltIn extends Given {
  /** Command line of Brickrail; `--target` and `--lock-timeout` are added. */
  command: string
  /** The target that it works on: that of pushes, the one behind approval, each of both in turn, or none. */
  of: 'target' | 'production' | 'both' | 'none'
  /** Its environment is one beside that of the target: whose approvals let models through, and not deployments. */
  ofModels?: true
  /** Only in a project that declares one of these. */
  when?: readonly Exclude<Declared, 'packages'>[]
  /** What is different in a project that declares models. */
  withModels?: Partial<Pick<BuiltIn, 'about' | 'command' | 'when'>>
}

/** A built-in job as it is in a project that declares this, whether or not it has it. */
export const inProject = (
  { withModels, ...builtIn }: BuiltIn,
  declares: readonly Declared[] = [],
): Omit<BuiltIn, 'withModels'> => (declares.includes('models') ? { ...builtIn, ...withModels } : builtIn)

/** First job of every pipeline; the others need it. */
export const firstJob = 'check-pipelines'

/** What a project is declared in. */
export const spec = 'pipelines/brickrail.yml'

/** Promotions have an environment of their own beside that of the target: its approvals, and credentials that may move versions. */
export const modelsEnvironment = (target: string): string => `${target}-models`

/** Whether a job moves versions where an approval is asked for: it asks its host who has given it. */
export const movesModels = ({ target, environment }: Pick<Job, 'target' | 'environment'>): boolean =>
  target !== undefined && environment === modelsEnvironment(target)
