import { evidencePath } from '../../src/ledger/model-places.ts'
import { digestOf } from '../../src/cli/model/evidence.ts'
import { canonical } from '../../src/plan/canonical.ts'
import type { Evidence } from '../../src/plan/state-evidence.ts'
import type { RegistryKind } from '../../src/plan/state-policy.ts'
import { inputs, outputs } from '../gate/sample.ts'
import { key, madeAt, openStage, place, projectOf, type Stage } from '../safety/model-stage.ts'
import { createHarness, inCi, type Harness } from '../support/harness.ts'

/** What is asked of every candidate in these scenarios. */
const checks = [
  'evaluation: { dataset: "dbfs:/holdout.csv", label: Close, task: regression, cluster: Small }',
  'checks:',
  '  tests: { junit: [unit] }',
  '  signature: { required: true, compatible_with: champion }',
  '  metrics: [{ name: r2, min: 0.8, direction: max, max_relative_loss: 0.05 }]',
].join('\n')

const file = `pipelines/models/${key}.yml`
/** What `more` says comes in place of what was said before. */
const policyOf = (kind: RegistryKind, more: readonly string[]): string => {
  const keys = more.map((line) => line.slice(0, line.indexOf(':') + 1))
  const lines = (projectOf(kind)[file] ?? '').replace(/^checks:.*$/mu, checks).split('\n')
  return [...lines.filter((line) => !keys.some((one) => line.startsWith(one))), ...more, ''].join('\n')
}

const cluster = {
  cluster_name: 'small',
  spark_version: '15.4.x-scala2.12',
  node_type_id: 'i3.xlarge',
  num_workers: 1,
  autotermination_minutes: 60,
}

const commit = '0'.repeat(40)
const unit = { suite: 'unit', commit, digest: 'j0', tests: 3, passed: 3, failed: 0, skipped: 0 }
const signature = { inputs, outputs }

/** What `evaluate` would have found: good in all that is asked, unless `over` says otherwise. */
const evidenceOf = (
  { kind, name }: Stage,
  version: string,
  champion: string | undefined,
  over: Partial<Evidence>,
): Evidence => ({
  version: 1,
  model: { key, name, registry: kind, version, status: 'READY' },
  trainer: 'trainer@example.com',
  ...(champion === undefined ? {} : { champion: { version: champion }, championSignature: signature }),
  policy: 'policy',
  commit,
  at: madeAt,
  lineage: { commit },
  signature,
  logged: {},
  evaluation: measured(0.9, champion),
  tests: [unit],
  tags: {},
  ...over,
})

/** Both on the same rows; the champion has 0.9. */
export const measured = (
  r2: Evidence['logged'][string],
  champion?: string,
): NonNullable<Evidence['evaluation']> => ({
  at: madeAt,
  dataset: { path: 'dbfs:/holdout.csv', digest: 'd0', rows: 100 },
  rule: { label: 'Close', task: 'regression' },
  candidate: { metrics: { r2 }, slices: {} },
  ...(champion === undefined ? {} : { champion: { version: champion, metrics: { r2: 0.9 }, slices: {} } }),
})

/** Put evidence on a version, as `evaluate` does. */
const prove = async ({ client, registry, name }: Stage, version: string, evidence: Evidence) => {
  const digest = digestOf(evidence)
  const path = evidencePath(place, key, digest)
  await client.workspace.mkdirs({ path: path.slice(0, path.lastIndexOf('/')) })
  const content = Buffer.from(canonical(evidence))
  await client.workspace.upload({ path, format: 'RAW', overwrite: true, content })
  await registry.setVersionTag(name, version, 'brickrail_evidence', digest)
}

/** What a command has come to, told the same way for every registry. */
export interface Told {
  exit: number
  /** Code of the failure. */
  code: string | undefined
  /** `waiting: approvals`, as the verdict says it; without one, the code of the failure. */
  why: string | undefined
  /** Every line of the verdict table. */
  checks: unknown[]
  /** What is wrong with the policy, line by line. */
  said: string
  holders: { staging: string[]; production: string[] }
}

interface Document {
  exit: number
  verdicts?: { why?: string; verdict: string; checks: unknown[] }[]
  failure?: { code: string; faults: { message: string; hint: string }[] }
}

/** What names the registry, or is made of its name, differs. */
const ofRegistry = ['model', 'registry', 'policy', 'evidence']
const withoutRegistry = (record: object): object =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !ofRegistry.includes(name)))

export interface Parity {
  harness: Harness
  stage: Stage
  /** A version with evidence against `champion`. */
  candidate(champion?: string, over?: Partial<Evidence>): Promise<string>
  /** Somebody moves a version to production, past Brickrail. */
  byHand(version: string): Promise<void>
  /** From now on this is asked, too. */
  ask(more: readonly string[]): void
  tell(command: string, ...args: string[]): Promise<Told>
  /** The records, newest first. */
  history(): Promise<object[]>
}

const filesOf = (kind: RegistryKind): Record<string, string> => ({
  'pipelines/brickrail.yml': [
    projectOf(kind)['pipelines/brickrail.yml'] ?? '',
    'clusters: { Small: { spec: clusters/small.json } }',
    'tests: { unit: { command: run-tests, junit: unit.xml } }',
    '',
  ].join('\n'),
  'pipelines/clusters/small.json': JSON.stringify(cluster),
  [file]: policyOf(kind, []),
})

/** The project of the story with one registry; the caller closes its harness. */
export const parity = async (kind: RegistryKind): Promise<Parity> => {
  const harness = createHarness(filesOf(kind))
  const stage = await openStage(kind, harness.emulator)
  const { registry, name } = stage
  const run = async <Answer>(command: string, args: readonly string[]): Promise<Answer> => {
    const { stdout } = await harness.run(command, [...args, '-o', 'json'], { env: inCi(harness) })
    return JSON.parse(stdout) as Answer
  }
  return {
    harness,
    stage,
    ask: (more) => harness.write(file, policyOf(kind, more)),
    tell: async (command, ...args) => {
      const { exit, verdicts: [verdict] = [], failure } = await run<Document>(command, args)
      return {
        exit,
        code: failure?.code,
        why: verdict?.why ?? verdict?.verdict ?? failure?.code,
        checks: verdict?.checks ?? [],
        said: (failure?.faults ?? []).map(({ message, hint }) => `${message}: ${hint}`).join('\n'),
        holders: (await registry.places(name)).holders,
      }
    },
    history: async () => {
      const { result } = await run<{ result: { promotions: object[] } }>('history', ['--model', key])
      return result.promotions.map(withoutRegistry)
    },
    candidate: async (champion, over = {}) => {
      const version = await stage.version()
      await prove(stage, version, evidenceOf(stage, version, champion, over))
      return version
    },
    byHand: async (version) => {
      await registry.transition?.(name, version, 'Production', true)
      await registry.setAlias?.(name, 'champion', version)
    },
  }
}
