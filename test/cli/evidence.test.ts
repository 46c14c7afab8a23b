import { describe, expect, it } from 'vitest'
import { lineageOf, loggedOf, trainerOf } from '../../src/cli/model/lineage.ts'
import { readMlmodel } from '../../src/cli/model/signature.ts'
import { evidencePath } from '../../src/ledger/model-places.ts'
import type { Evidence } from '../../src/plan/state-evidence.ts'
import type { VersionInfo } from '../../src/plan/state-registry.ts'
import type { MlflowRun } from '../../src/wire/tracking.ts'
import { key, place } from '../safety/model-stage.ts'
import { choosing, commit, mlmodel, openTraining, type Training } from './evaluate-stage.ts'

const version: VersionInfo = { version: '3', status: 'READY', aliases: [], tags: {} }

interface Said {
  tags?: Record<string, string>
  params?: Record<string, string>
  user?: string
  datasets?: [string, string][]
}

const pairs = (of: Record<string, string> = {}) => Object.entries(of).map(([key, value]) => ({ key, value }))

const run = ({ tags, params, user, datasets = [] }: Said): MlflowRun => ({
  info: {
    run_id: 'r',
    run_uuid: 'r',
    experiment_id: '1',
    status: 'FINISHED',
    lifecycle_stage: 'active',
    ...(user === undefined ? {} : { user_id: user }),
  },
  data: { tags: pairs(tags), params: pairs(params) },
  inputs: {
    dataset_inputs: datasets.map(([name, digest]) => ({
      dataset: { name, digest, source_type: 'local', source: 'x' },
    })),
  },
})

describe('lineage', () => {
  const rows: [string, Said, Partial<VersionInfo>, Record<string, string>][] = [
    ['nothing is known', {}, {}, {}],
    ['commit of the run', { tags: { 'mlflow.source.git.commit': 'abc' } }, {}, { commit: 'abc' }],
    [
      'of a Git folder of Databricks',
      { tags: { 'mlflow.databricks.gitRepoCommit': 'abc' } },
      {},
      { commit: 'abc' },
    ],
    ['of the version', {}, { tags: { commit: 'abc' } }, { commit: 'abc' }],
    ['an empty one is none', { tags: { commit: ' ' } }, { tags: { commit: 'abc' } }, { commit: 'abc' }],
    ['parameters, sorted', { params: { b: '1', a: '2' } }, {}, { params: '{"a":"2","b":"1"}' }],
    ['datasets of the run', { datasets: [['train', 'd1']] }, {}, { dataset: 'train@d1' }],
    ['dataset by a tag', { tags: { dataset: 'x' } }, {}, { dataset: 'x' }],
    ['pipeline by a tag', { tags: { pipeline_url: 'https://ci/1' } }, {}, { pipeline_url: 'https://ci/1' }],
    [
      'this pipeline, where it trained the commit',
      { tags: { commit: 'here' } },
      {},
      { commit: 'here', pipeline_url: 'https://ci/9' },
    ],
    [
      'cluster and job of the run',
      { tags: { 'mlflow.databricks.cluster.id': 'c1', 'mlflow.databricks.jobRunID': '7' } },
      {},
      { cluster: 'c1, job run 7' },
    ],
  ]
  it.each(rows)('%s', (_name, said, over, expected) => {
    const source = { commit: 'here', pipelineUrl: 'https://ci/9' }
    expect(lineageOf(run(said), { ...version, ...over }, { inputExample: false }, source)).toEqual(expected)
  })

  it('knows that there are requirements', () => {
    const facts = { inputExample: false, requirements: 'f00' }
    expect(lineageOf(undefined, version, facts, {})).toEqual({ requirements: 'sha256:f00' })
  })
})

describe('who trained', () => {
  const rows: [string, Said | undefined, string | undefined, string | undefined][] = [
    ['the run says', { user: 'ada@x' }, 'bob@x', 'ada@x'],
    ['a number is no name', { user: '77', tags: { 'mlflow.user': 'ada@x' } }, 'bob@x', 'ada@x'],
    ['else the version says', { user: '77' }, 'bob@x', 'bob@x'],
    [
      'a tag does not hide the server',
      { user: 'ada@x', tags: { 'mlflow.user': 'eve@x' } },
      undefined,
      'ada@x',
    ],
    ['the run is gone', undefined, 'bob@x', 'bob@x'],
    ['nobody knows', {}, undefined, undefined],
  ]
  it.each(rows)('%s', (_name, said, user, expected) => {
    const found = trainerOf(said && run(said), { ...version, ...(user === undefined ? {} : { user }) })
    expect(found).toBe(expected)
  })
})

it('keeps numbers that are none as text', () => {
  const metrics = Object.entries({ a: 'NaN', b: Number.MAX_VALUE, c: '-Infinity', d: '1.5', e: 2 })
  const logged = {
    ...run({}),
    data: { metrics: metrics.map(([key, value]) => ({ key, value, timestamp: 0 })) },
  }
  expect(loggedOf(logged)).toEqual({ a: 'NaN', b: 'Infinity', c: '-Infinity', d: 1.5, e: 2 })
})

describe('an MLmodel file', () => {
  const rows: [string, string, ReturnType<typeof readMlmodel>][] = [
    ['without a signature', 'artifact_path: model\nsignature: null\n', {}],
    ['with inputs only', "signature:\n  inputs: '[]'\n  outputs: null\n", { signature: { inputs: '[]' } }],
    ['with an example', 'saved_input_example_info: {artifact_path: e.json}\n', { example: 'e.json' }],
    ['that is broken', 'signature: [', {}],
    ['that is something else', '- 1\n', {}],
    ['of aliases without end', `a: &a [x]\nb: &b [${'*a, '.repeat(30)}]\nc: [${'*b, '.repeat(30)}]\n`, {}],
  ]
  it.each(rows)('%s', (_name, text, expected) => {
    expect(readMlmodel(text)).toEqual(expected)
  })

  it('as MLflow writes it', () => {
    expect(readMlmodel(mlmodel(['a']))).toMatchObject({
      signature: { inputs: '[{"type":"double","name":"a","required":true}]' },
      example: 'input_example.json',
    })
  })
})

const ci = { GITLAB_CI: 'true', CI_COMMIT_SHA: commit, CI_PIPELINE_URL: 'https://gitlab.test/p/1' }

const evaluated = async (policy: readonly string[] = []): Promise<Training & { digest: string }> => {
  const open = await openTraining('workspace', [...choosing(), ...policy])
  await open.trained()
  const { data } = await open.asks('evaluate', [], ci)
  return { ...open, digest: String(data.result?.models[0]?.['evidence']) }
}

const stored = async ({ stage }: Training, digest: string): Promise<Evidence> => {
  const bytes = await stage.client.workspace.read(evidencePath(place, key, digest))
  return JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as Evidence
}

const overwrite = async ({ stage }: Training, digest: string, content: string): Promise<void> => {
  const path = evidencePath(place, key, digest)
  await stage.client.workspace.upload({ path, format: 'RAW', overwrite: true, content: Buffer.from(content) })
}

describe('a bundle', () => {
  it('says all that a verdict rests on', async () => {
    const open = await evaluated()
    expect(await stored(open, open.digest)).toMatchObject({
      version: 1,
      model: { key, version: '1', registry: 'workspace', status: 'READY' },
      trainer: 'admin@example.com',
      commit,
      pipelineUrl: ci.CI_PIPELINE_URL,
      lineage: { commit, params: '{"depth":"3"}', pipeline_url: ci.CI_PIPELINE_URL },
      inputExample: true,
      logged: { r2: 0.9, rmse: 1 },
      tests: [],
    })
    const tags = (await open.stage.registry.version(open.stage.name, '1'))?.tags
    expect(tags).toEqual({
      brickrail_commit: commit,
      brickrail_evidence: open.digest,
      brickrail_verdict: 'passed',
    })
  })

  const rows: [string, (open: Training, digest: string) => Promise<unknown>, RegExp][] = [
    [
      'with a better metric',
      async (open, digest) => {
        const evidence = await stored(open, digest)
        await overwrite(open, digest, JSON.stringify({ ...evidence, logged: { r2: 1 } }))
      },
      /was changed/,
    ],
    ['that is cut off', (open, digest) => overwrite(open, digest, '{"version":1'), /is not whole/],
    [
      'that is gone',
      ({ stage }, digest) => stage.client.workspace.delete({ path: evidencePath(place, key, digest) }),
      /is not there/,
    ],
    [
      'of another version',
      async ({ stage }, digest) => {
        const number = await stage.version()
        await stage.registry.setVersionTag(stage.name, number, 'brickrail_evidence', digest)
      },
      /is that of version 1/,
    ],
    [
      'by a tag that is no digest',
      ({ stage }) => stage.registry.setVersionTag(stage.name, '1', 'brickrail_evidence', '../x'),
      /is no digest/,
    ],
  ]
  it.each(rows)('%s is refused', async (_name, spoil, message) => {
    const open = await evaluated()
    await spoil(open, open.digest)
    const { data, exit } = await open.asks('evaluate', ['--stored'], ci)
    expect([exit, data.failure?.code]).toEqual([8, 'EVIDENCE_INVALID'])
    expect(data.failure?.message).toMatch(message)
  })

  it('is looked at twice: an answer that was cut off is no evidence of anything', async () => {
    const open = await evaluated()
    const { harness } = open
    const path = '/api/2.0/workspace/export'
    await harness.control('faults', { method: 'GET', path, truncate: true, times: 1 })
    expect((await open.asks('evaluate', ['--stored'], ci)).exit).toBe(0)
    const asked = await harness.requests()
    expect(asked.filter((one) => one.path === path).length).toBeGreaterThan(1)
  })
})
