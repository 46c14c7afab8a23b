import { load, sound, type Options } from './project.ts'

export const policyPath = 'pipelines/models/price.yml'

export const brickrail = `${sound['pipelines/brickrail.yml']}jobs: { train: jobs/train.json }
tests: { unit: { cluster: Main } }
models: { price: models/price.yml }
`

const job = JSON.stringify({
  name: 'train',
  tasks: [
    { task_key: 'a', existing_cluster_id: '${clusters.Main.id}', notebook_task: { notebook_path: '/a' } },
  ],
})

/** The sound project with one model; its policy is what is given here. */
export const withPolicy = (
  policy: string | undefined,
  files: Readonly<Record<string, string | undefined>> = {},
  options: Options = {},
): ReturnType<typeof load> =>
  load(
    {
      'pipelines/brickrail.yml': brickrail,
      'pipelines/jobs/train.json': job,
      [policyPath]: policy,
      ...files,
    },
    options,
  )

/** The same for a target with a host. */
export const remote = {
  'pipelines/brickrail.yml': brickrail.replace(
    'local: {}',
    'local: { host: "https://adb-1.2.azuredatabricks.net" }',
  ),
}

export const evaluation = 'evaluation: { dataset: dbfs:/a.csv, label: y }\n'

/** Policy, and what is said of it: `line:column rule`, then a part of message or hint. */
export type FaultCase = [policy: string, at: string, says: string]

export const shapeCases: FaultCase[] = [
  ['mdoe: warn', '1:1 unknown-key', 'did you mean «mode»?'],
  ['mode: enforec', '1:7 unknown-value', 'did you mean «enforce»?'],
  ['checks: { metrics: [{ name: r2, mn: 1 }] }', '1:33 unknown-key', 'did you mean «min»?'],
  ['checks: { metrics: [{ name: r2, min: high }] }', '1:38 wrong-type', 'must be a number, not «high»'],
  ['checks: { metrics: { name: r2 } }', '1:20 wrong-type', 'must be a list'],
  ['checks: { lineage: { require: [comit] } }', '1:32 unknown-value', 'did you mean «commit»?'],
  ['evaluation: { label: y }', '1:13 missing-key', '«dataset» is missing'],
  ['registry: workspase', '1:11 wrong-type', 'workspace, unity-catalog, mlflow'],
  ['registry: { kind: mlflo }', '1:19 unknown-value', 'did you mean «mlflow»?'],
  ['approvals: { prod: { required: 1 } }', '1:14 unknown-key', 'production'],
  ['approvals: { production: { distinct_from: [trainer] } }', '1:44 unknown-value', 'training_run_user'],
  ['archive: yes', '1:10 wrong-type', 'true or false'],
]

export const registryCases: FaultCase[] = [
  ['model: a.b', '1:8 registered-name', 'holds «.»'],
  ['model: main.ml.price', '1:8 registered-name', 'registry: unity-catalog'],
  ['model: a/b\nregistry: mlflow', '1:8 registered-name', 'holds «/»'],
  ['registry: unity-catalog', '1:1 registered-name', 'three parts: catalog.schema.model'],
  ['registry: unity-catalog\nmodel: main..price', '2:8 registered-name', 'three parts'],
  ['registry: { kind: mlflow, uri: "ftp://x" }', '1:32 uri-of-mlflow', 'the scheme is ftp:'],
  ['registry: { kind: mlflow, uri: "https://a:b@x" }', '1:32 uri-of-mlflow', 'it holds credentials'],
  [
    'registry: { kind: workspace, uri: "https://x" }',
    '1:30 useless-key',
    '«uri» means nothing for registry workspace',
  ],
  [
    'registry: { kind: mlflow, token: "dapi 1" }',
    '1:34 no-secret-in-files',
    '«token» holds a secret in clear text',
  ],
]

export const referenceCases: FaultCase[] = [
  ['train: { job: trian }', '1:15 unknown-job', 'did you mean «train»?'],
  [
    `evaluation: { dataset: dbfs:/a.csv, label: y, cluster: Mian }`,
    '1:56 unknown-cluster',
    'did you mean «Main»?',
  ],
  ['checks: { tests: { junit: [unti] } }', '1:28 unknown-suite', 'did you mean «unit»?'],
  ['checks: { tests: { junit: [] } }', '1:27 list-is-empty', 'name a suite'],
  ['model: "${var.nope}"', '1:8 unknown-reference', 'there is nothing called ${var.nope}'],
]

export const pathCases: FaultCase[] = [
  ['path: [production]', '1:7 path-has-staging', 'nothing goes straight to production'],
  ['path: [production, staging]', '1:7 path-in-order', 'production comes before staging'],
  ['path: []', '1:7 path-is-empty', 'no place'],
  ['path: [staging, staging]', '1:7 path-once', 'twice'],
  ['retrain: { max_age_days: 3 }', '1:1 retrain-needs-train', 'add train'],
  [
    'train: { job: train }\nretrain: { when_champion_fails: true }',
    '2:33 retrain-needs-evaluation',
    'cannot be measured',
  ],
  ['freeze: [{ cron: "0 0 * * 5 2026", hours: 3 }]', '1:18 cron-of-five-fields', '6 fields'],
  ['freeze: [{ cron: "0 25 * * 5", hours: 3 }]', '1:18 cron-of-five-fields', 'no cron expression'],
  ['freeze: [{ cron: "0 0 31 2 *", hours: 3 }]', '1:18 cron-of-five-fields', 'never begins'],
  ['freeze: [{ cron: "0 0 * * 5", hours: 0 }]', '1:38 number-in-range', 'above 0'],
]

export const evaluationCases: FaultCase[] = [
  ['evaluation: { dataset: /dbfs/a.csv, label: y }', '1:24 dataset-form', 'write dbfs:/a.csv'],
  ['evaluation: { dataset: a.csv, label: y }', '1:24 dataset-form', 'nobody can read'],
  ['evaluation: { dataset: dbfs:/a.xlsx, label: y }', '1:24 dataset-form', 'neither CSV nor Parquet'],
  ['evaluation: { dataset: "table:main.prices", label: y }', '1:24 dataset-form', 'three parts'],
  [
    'evaluation: { dataset: dbfs:/a.csv, label: y, features: [x, y] }',
    '1:61 label-is-no-feature',
    'proves nothing',
  ],
  ['evaluation: { dataset: dbfs:/a.csv, label: y, features: [x, x] }', '1:61 listed-once', 'already'],
  ['evaluation: { dataset: dbfs:/a.csv, label: y, features: [] }', '1:57 list-is-empty', 'the list is empty'],
  ['evaluation: { dataset: dbfs:/a.csv, label: y, time: y }', '1:53 time-is-no-label', 'cannot be the time'],
  ['evaluation: { dataset: dbfs:/a.csv, label: y, min_rows: 0 }', '1:57 number-in-range', '1 or more'],
  ['evaluation: { dataset: dbfs:/a.csv, label: y, timeout: 90000 }', '1:56 number-in-range', 'at most 86400'],
  [
    'evaluation: { dataset: dbfs:/a.csv, label: y, max_age_hours: .inf }',
    '1:62 number-in-range',
    'no finite number',
  ],
  ['candidate: { from_runs: { experiment: prices } }', '1:39 experiment-name', '/Shared/prices'],
  ['candidate: { order: [{ metric: r2, direction: max }] }', '1:14 order-needs-runs', 'from_runs is missing'],
  [
    'candidate: { from_runs: { experiment: /a }, order: [{ metric: r2 }] }',
    '1:53 missing-key',
    '«direction» is missing',
  ],
]

export const checkCases: FaultCase[] = [
  ['checks: { metrics: [{ name: r2 }] }', '1:21 metric-without-rule', '«r2» is asked for nothing'],
  ['checks: { metrics: [{ name: r2, min: 2, max: 1 }] }', '1:33 min-below-max', 'min 2 is above max 1'],
  ['checks: { metrics: [{ name: r2, min: 1 }, { name: r2, max: 2 }] }', '1:43 one-rule-per-metric', 'r2'],
  [
    `${evaluation}checks: { metrics: [{ name: r2, max_relative_loss: 0.1 }] }`,
    '2:33 metric-needs-direction',
    'add direction: max or min',
  ],
  [
    'checks: { metrics: [{ name: r2, direction: max, min_relative_gain: 0.1 }] }',
    '1:49 comparison-needs-the-champion',
    'add evaluation',
  ],
  [
    `${evaluation.replace(' }', ', champion_on_same_data: false }')}checks: { metrics: [{ name: r2, direction: max, min_absolute_gain: 1 }] }`,
    '2:49 comparison-needs-the-champion',
    'remove champion_on_same_data: false',
  ],
  [
    `${evaluation}checks: { metrics: [{ name: r2, direction: max, max_absolute_loss: -1 }] }`,
    '2:68 number-in-range',
    '0 or more',
  ],
  [
    `${evaluation}checks: { metrics: [{ name: r2, direction: max, min_relative_gain: 0, max_relative_loss: 1 }] }`,
    '2:71 gain-or-loss',
    'remove max_relative_loss',
  ],
  [
    `${evaluation}checks: { slices: [{ by: q, metric: r2, direction: max }] }`,
    '2:20 slice-without-rule',
    'add min, max or max_gap',
  ],
  [
    'checks: { slices: [{ by: q, metric: r2, direction: max, min: 0 }] }',
    '1:11 check-needs-evaluation',
    'slices',
  ],
  [`${evaluation}checks: { data: { max_age_hours: 1 } }`, '2:19 data-age-needs-time', 'add evaluation.time'],
  ['checks: { tests: { junit: [unit], min_passed: 0 } }', '1:47 number-in-range', '1 or more'],
  ['checks: { tests: { junit: [unit], max_skipped: -1 } }', '1:48 number-in-range', '0 or more'],
  ['checks: { tags: { require: [brickrail_x] } }', '1:29 brickrail-tags-are-reserved', 'itself'],
  [
    'checks: { docs: { model_card: ../card.md } }',
    '1:31 card-in-the-repository',
    'from the root of the repository',
  ],
]

const unityCatalog = 'registry: unity-catalog\nmodel: main.ml.price\n'

export const approvalCases: FaultCase[] = [
  [
    'registry: mlflow\napprovals: { production: { sources: [transition_request] } }',
    '2:38 approval-source',
    'only the workspace registry has transition requests',
  ],
  ['approvals: { production: { sources: [unity_catalog_tag] } }', '1:38 approval-source', 'Unity Catalog'],
  ['approvals: { production: { sources: [] } }', '1:37 approval-source', 'from nowhere'],
  [
    `${unityCatalog}approvals: { production: { sources: [unity_catalog_tag] } }`,
    '3:37 approval-without-user',
    'does not say who set a tag',
  ],
  [
    'approvals: { production: { sources: [signed_file] } }',
    '1:37 signers-are-named',
    'pipelines/approvals/allowed_signers',
  ],
  [
    'approvals: { production: { sources: [ci_environment], signers: a } }',
    '1:55 useless-key',
    'add signed_file to sources',
  ],
  ['approvals: { production: { required: 2, from: [ann] } }', '1:38 approvers-are-enough', '1 user(s)'],
  ['approvals: { production: { from: ["group:"] } }', '1:35 approver-has-a-name', 'names nobody'],
  ['approvals: { production: { required: 99 } }', '1:38 number-in-range', 'at most 20'],
  ['approvals: { production: { valid_hours: 0 } }', '1:41 number-in-range', 'above 0'],
  [
    'path: [staging]\napprovals: { production: { required: 1 } }',
    '2:14 approvals-of-the-path',
    'not in the path',
  ],
]
