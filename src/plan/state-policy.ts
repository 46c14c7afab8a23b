/** Where a version may serve: stage Staging or alias challenger; stage Production or alias champion. */
export type Place = 'staging' | 'production'

export type RegistryKind = 'workspace' | 'unity-catalog' | 'mlflow'

/** How a plain MLflow server names places; Databricks' registries have one way each. */
export type PlaceNames = 'stages' | 'aliases' | 'both'

export interface RegistryRef {
  kind: RegistryKind
  names: PlaceNames
  /** Of `mlflow`: tracking URI, scheme to path. Absent: the MLflow server of the embedded workspace. */
  uri?: string
  /** Of `mlflow`: the environment variable that holds its token. */
  tokenFrom?: string
}

export type Direction = 'max' | 'min'
export type GateMode = 'enforce' | 'warn' | 'off'

/** A policy as declared in pipelines/models/<key>.yml, with every default filled in. Plain data. */
export interface ModelPolicy {
  /** The key under `models:`. */
  key: string
  /** Registered name; of Unity Catalog `catalog.schema.model`. */
  name: string
  /** File name for messages, relative to where the command runs. */
  file: string
  /** sha256 of the resolved policy, hex. */
  digest: string
  registry: RegistryRef
  mode: GateMode
  /** In order; a version has to pass each. Default staging, production. */
  path: Place[]
  /** No champion yet. Default allow, with approval where the place asks for any. */
  firstRelease: { allow: boolean; requiresApproval: boolean }
  train?: { job: string; parameters: Record<string, string> }
  candidate: CandidateRule
  evaluation?: EvaluationRule
  checks: CheckRules
  approvals: Partial<Record<Place, ApprovalRule>>
  freeze: FreezeWindow[]
  /** Whether the version that leaves a stage goes to Archived. Default true. */
  archive: boolean
  retrain?: { maxAgeDays?: number; whenChampionFails: boolean }
}

export interface CandidateRule {
  /** Absent: the newest version that is READY and neither archived nor at a place. */
  fromRuns?: {
    experiment: string
    filter?: string
    /** Folder of the model below the run's artifacts. */ artifact: string
  }
  order: { metric: string; direction: Direction }[]
  tieBreak: 'newest' | 'oldest' | 'refuse'
}

/** How candidate and champion are measured on the same rows: by a run of our evaluator on a cluster. */
export interface EvaluationRule {
  /** dbfs:/…, /Workspace/…, /Volumes/… of a CSV or Parquet file, or `table:<catalog.schema.table>`. */
  dataset: string
  /** Column of the truth. */
  label: string
  /** Columns of the model's input; absent: all but the label, or those of the signature. */
  features?: string[]
  task: 'regression' | 'classification'
  /** Column with the time of a row, for the age of data. */
  time?: string
  cluster?: string
  minRows: number
  /** Hours after which an evaluation no longer counts. */
  maxAgeHours?: number
  /** Also measure the champion on the same rows. Default true. */
  championOnSameData: boolean
  timeoutSeconds: number
}

export interface MetricRule {
  name: string
  /** Explicit wherever something is compared. */
  direction?: Direction
  /** Bounds are inclusive. */
  min?: number
  max?: number
  /** Against the champion, as a share of its value: 0.01 is 1 %. */
  minRelativeGain?: number
  maxRelativeLoss?: number
  minAbsoluteGain?: number
  maxAbsoluteLoss?: number
  /** What to say when it fails, e.g. «Model is not accurate, retrain the model!». */
  message?: string
}

export interface SliceRule {
  by: string
  metric: string
  direction: Direction
  min?: number
  max?: number
  /** Between the best and the worst slice. */
  maxGap?: number
  /** Smaller slices are reported and not judged. */
  minRows: number
}

export interface CheckRules {
  lineage?: { require: string[]; commitMatchesPipeline: boolean; cleanTree: boolean }
  tests?: { junit: string[]; minPassed: number; maxSkipped: number }
  signature?: { required: boolean; inputExample: boolean; compatibleWith?: 'champion' }
  metrics: MetricRule[]
  data?: { maxAgeHours?: number }
  slices: SliceRule[]
  tags?: { require: Record<string, string | null> }
  docs?: {
    description: boolean
    modelCard?: {
      file: string
      sections: string[]
      /** undefined: there is no such file. */ found?: string[]
    }
  }
}

export type ApprovalSource = 'ci_environment' | 'transition_request' | 'unity_catalog_tag' | 'signed_file'
export type Distinct = 'training_run_user' | 'committer'

export interface ApprovalRule {
  required: number
  /** User names and `group:<name>`; empty: anybody who may. */
  from: string[]
  distinctFrom: Distinct[]
  validHours?: number
  sources: ApprovalSource[]
  /** Of `signed_file`: allowed signers in the format of ssh-keygen(1), relative to the repository. */
  signers?: string
}

export interface FreezeWindow {
  /** Begin of the window: five fields, UTC. */
  cron: string
  hours: number
  exceptRollback: boolean
}
