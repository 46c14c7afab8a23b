import { describe, expect, test } from 'vitest'
import { headingsOf } from '../../src/config/model/card.ts'
import type { ModelPolicy } from '../../src/plan/state-policy.ts'
import { policyPath, remote, withPolicy } from './model-cases.ts'
import { faultsOf, sane, warningsOf, type Options } from './project.ts'

const policy = async (
  text: string,
  files: Readonly<Record<string, string | undefined>> = {},
  options: Options = {},
): Promise<ModelPolicy> => {
  const [found] = sane(await withPolicy(text, files, options)).models
  if (!found) throw new Error('no model')
  return found
}

describe('a policy', () => {
  test('of nothing has every default', async () => {
    const { digest, ...rest } = await policy('{}')
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect(rest).toEqual({
      key: 'price',
      name: 'price',
      file: policyPath,
      registry: { kind: 'workspace', names: 'both' },
      mode: 'enforce',
      path: ['staging', 'production'],
      firstRelease: { allow: true, requiresApproval: true },
      candidate: { order: [], tieBreak: 'newest' },
      checks: { metrics: [], slices: [] },
      approvals: {},
      freeze: [],
      archive: true,
    })
  })

  test('that says everything', async () => {
    const found = await policy(
      [
        'model: main.ml.price',
        'registry: { kind: unity-catalog }',
        'mode: warn',
        'on_first_release: { allow: false, requires_approval: false }',
        "train: { job: train, parameters: { depth: 80, commit: '${git.sha}' } }",
        'candidate:',
        `  from_runs: { experiment: /Shared/price, filter: "tags.commit = '\${git.sha}'", artifact: forest }`,
        '  order: [{ metric: rmse, direction: min }]',
        '  tie_break: refuse',
        'evaluation: { dataset: "table:main.ml.rows", label: y, features: [a], task: classification, time: t, cluster: Main,',
        '  min_rows: 5, max_age_hours: 24, champion_on_same_data: true, timeout: 60 }',
        'checks:',
        '  lineage: { require: [commit], commit_matches_pipeline: true, clean_tree: true }',
        '  tests: { junit: [unit], min_passed: 2, max_skipped: 3 }',
        '  signature: { required: false, input_example: true, compatible_with: champion }',
        '  metrics: [{ name: f1, direction: max, min: 0.5, max: 1, min_relative_gain: 0.01, max_absolute_loss: 0.1, message: No. }]',
        '  data: { max_age_hours: 1.5 }',
        '  slices: [{ by: q, metric: f1, direction: max, max_gap: 0.2, min_rows: 9 }]',
        '  tags: { require: { owner: risk, team: "*" } }',
        '  docs: { description: true, model_card: { file: docs/card.md, sections: [Data] } }',
        'approvals: { staging: { required: 0 }, production: { required: 2, from: ["group:ml", ann], distinct_from: [committer],',
        '  valid_hours: 72, sources: [ci_environment, signed_file], signers: allowed } }',
        'freeze: [{ cron: "0 0 * * 5", hours: 72, except: none }]',
        'archive: false',
        'retrain: { max_age_days: 45, when_champion_fails: false }',
      ].join('\n'),
      { 'docs/card.md': '# Card\n\n## Data ##\n' },
      { commit: () => 'c0ffee' },
    )
    expect(found).toMatchObject({
      name: 'main.ml.price',
      registry: { kind: 'unity-catalog' },
      mode: 'warn',
      firstRelease: { allow: false, requiresApproval: false },
      train: { job: 'train', parameters: { depth: '80', commit: 'c0ffee' } },
      candidate: {
        fromRuns: { experiment: '/Shared/price', filter: "tags.commit = 'c0ffee'", artifact: 'forest' },
        order: [{ metric: 'rmse', direction: 'min' }],
        tieBreak: 'refuse',
      },
      evaluation: {
        dataset: 'table:main.ml.rows',
        label: 'y',
        features: ['a'],
        task: 'classification',
        time: 't',
        cluster: 'Main',
        minRows: 5,
        maxAgeHours: 24,
        championOnSameData: true,
        timeoutSeconds: 60,
      },
      approvals: {
        staging: {
          required: 0,
          from: [],
          distinctFrom: ['training_run_user', 'committer'],
          sources: ['ci_environment'],
        },
        production: {
          required: 2,
          from: ['group:ml', 'ann'],
          distinctFrom: ['committer'],
          validHours: 72,
          sources: ['ci_environment', 'signed_file'],
          signers: 'allowed',
        },
      },
      freeze: [{ cron: '0 0 * * 5', hours: 72, exceptRollback: false }],
      archive: false,
      retrain: { maxAgeDays: 45, whenChampionFails: false },
    })
    expect(found.checks).toEqual({
      lineage: { require: ['commit'], commitMatchesPipeline: true, cleanTree: true },
      tests: { junit: ['unit'], minPassed: 2, maxSkipped: 3 },
      signature: { required: false, inputExample: true, compatibleWith: 'champion' },
      metrics: [
        {
          name: 'f1',
          direction: 'max',
          min: 0.5,
          max: 1,
          minRelativeGain: 0.01,
          maxAbsoluteLoss: 0.1,
          message: 'No.',
        },
      ],
      data: { maxAgeHours: 1.5 },
      slices: [{ by: 'q', metric: 'f1', direction: 'max', maxGap: 0.2, minRows: 9 }],
      tags: { require: { owner: 'risk', team: null } },
      docs: {
        description: true,
        modelCard: { file: 'docs/card.md', sections: ['Data'], found: ['Card', 'Data'] },
      },
    })
  })

  test('defaults that depend on the rest', async () => {
    const found = await policy(
      'train: { job: train }\nevaluation: { dataset: dbfs:/a.csv, label: y }\nretrain: {}\napprovals: { production: {} }',
    )
    expect(found.evaluation).toMatchObject({ cluster: 'Main', task: 'regression', minRows: 1 })
    expect(found.retrain).toEqual({ whenChampionFails: true })
    expect(found.approvals.production?.sources).toEqual(['transition_request'])
  })

  test('numbers may come from variables of the environment, which are texts', async () => {
    const text = 'checks: { metrics: [{ name: r2, min: "${env.MIN_R2}" }] }'
    expect((await policy(text, {}, { env: { MIN_R2: '0.8' } })).checks.metrics).toEqual([
      { name: 'r2', min: 0.8 },
    ])
  })
})

describe('an overlay', () => {
  const overlay = { 'pipelines/models/price.local.yml': 'mode: off\nevaluation: null\n' }
  test('of the target is merged in', async () => {
    const found = await policy('evaluation: { dataset: dbfs:/a.csv, label: y }', overlay)
    expect([found.mode, found.evaluation]).toEqual(['off', undefined])
  })

  test('of no target is most likely a slip', async () => {
    const loaded = await withPolicy('{}', { 'pipelines/models/price.lokal.yml': 'mode: off' })
    expect(warningsOf(loaded)).toEqual([
      'pipelines/models/price.lokal.yml:0:0 overlay-without-target: there is no target «lokal», so this overlay is never used',
    ])
  })
})

describe('the digest', () => {
  const base = `mode: enforce\ncandidate: { from_runs: { experiment: /a, filter: "tags.commit = '\${git.sha}'" } }`
  const digest = async (text: string, options: Options = {}) => (await policy(text, {}, options)).digest
  test('is the same for every commit, and however the file is written', async () => {
    const one = await digest(base, { commit: () => 'aaa' })
    expect(await digest(`# a comment\n${base}`, { commit: () => 'bbb' })).toBe(one)
    expect(await digest(base)).toBe(one)
  })

  test('is another one for any other rule', async () => {
    expect(await digest(`${base}\narchive: false`)).not.toBe(await digest(base))
  })
})

describe('what is known only later', () => {
  test('a project without a commit is valid, and its reference stays', async () => {
    const found = await policy("train: { job: train, parameters: { commit: '${git.sha}' } }")
    expect(found.train?.parameters).toEqual({ commit: '${git.sha}' })
  })

  const uri = 'registry: { kind: mlflow, uri: "${env.MLFLOW_TRACKING_URI}", token: MLFLOW_TRACKING_TOKEN }'
  test('where the registry is need not be known offline', async () => {
    expect(faultsOf(await withPolicy(uri, remote, { offline: true }))).toEqual([])
    expect(faultsOf(await withPolicy(uri, remote))).toEqual([
      `${policyPath}:1:32 env-not-set: the environment variable MLFLOW_TRACKING_URI is not set`,
    ])
    const env = { MLFLOW_TRACKING_URI: 'https://mlflow.example.com/' }
    expect((await policy(uri, remote, { env })).registry).toEqual({
      kind: 'mlflow',
      names: 'both',
      uri: 'https://mlflow.example.com',
      tokenFrom: 'MLFLOW_TRACKING_TOKEN',
    })
  })

  test('a model card that is still to be written is a warning', async () => {
    const loaded = await withPolicy('checks: { docs: { model_card: docs/card.md } }')
    expect(warningsOf(loaded)).toEqual([
      `${policyPath}:1:31 model-card-missing: there is no file docs/card.md`,
    ])
    expect(sane(loaded).models[0]?.checks.docs?.modelCard).toEqual({ file: 'docs/card.md', sections: [] })
  })
})

test.each<[string, string, string[]]>([
  ['with marks', '# A\n## B ##\n###### C', ['A', 'B', 'C']],
  ['underlined', 'A\n===\n\nB\n---\n', ['A', 'B']],
  ['none in code', '```sh\n# a comment\n```\n~~~\n# b\n```\n~~~\n# C', ['C']],
  ['a rule or a table is none', 'text\n\n---\n| a |\n|---|\n- x\n---\n#no', []],
  ['line ends of Windows', '# A\r\n\r\n## B\r\n', ['A', 'B']],
])('headings of Markdown: %s', (_name, markdown, found) => {
  expect(headingsOf(markdown)).toEqual(found)
})
