/** The embedded workspace alone, with its own plain MLflow server (`registry: mlflow`): training, evaluation, retraining by real runs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { scriptNamed } from '../../src/cli/commands.ts'
import { runScript } from '../../src/cli/main.ts'
import { systemClock } from '../../src/http/clock.ts'
import { commit, files, policy, repository } from './evaluate-project.ts'

const folder = mkdtempSync(join(tmpdir(), 'brickrail-embedded-'))
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const policyOf = (leastR2: number): string =>
  [
    policy('mlflow')
      .replace(/registry: .*/, 'registry: mlflow')
      .replace('min: 0.5', `min: ${leastR2}`),
    'retrain: { max_age_days: 45, when_champion_fails: true }',
    '',
  ].join('\n')

const project: Record<string, string> = {
  ...files,
  'pipelines/brickrail.yml': [
    'name: e',
    'targets: { dev: {} }',
    'workspace: { source: ../workspace, path: /Shared/E }',
    'clusters: { Main: { spec: clusters/main.json, libraries: libraries/main.yml } }',
    'jobs: { train-mlflow: jobs/mlflow.json }',
    'models: { mlflow: models/mlflow.yml }',
    '',
  ].join('\n'),
  'pipelines/clusters/main.json': JSON.stringify({
    spark_version: '17.3.x-scala2.13',
    node_type_id: 'Standard_DS3_v2',
    num_workers: 1,
    autotermination_minutes: 60,
  }),
  'pipelines/models/mlflow.yml': policyOf(0.5),
}

interface Answer {
  exit: number
  stderr: string
  models: {
    version: string | null
    verdict?: string | null
    champion?: string | null
    reasons?: string[]
    retrained?: boolean
    outcome?: string | null
  }[]
  failure?: { code: string; message: string }
}

const brickrail = async (command: string, ...args: string[]): Promise<Answer> => {
  const script = await scriptNamed(command)
  if (!script) throw new Error(`no command ${command}`)
  const said = { stdout: '', stderr: '' }
  const { PATH = '' } = process.env
  const exit = await runScript(script, [...args, '-o', 'json'], {
    env: {
      PATH,
      HOME: folder,
      BRICKRAIL_CACHE: join(repository, '.cache/compute'),
      BRICKRAIL_EMBEDDED_CLOCK: 'instant',
      GITLAB_CI: 'true',
      CI_COMMIT_SHA: commit,
    },
    cwd: folder,
    clock: systemClock,
    fetch: globalThis.fetch,
    stdout: { write: (text: string) => void (said.stdout += text) },
    stderr: { write: (text: string) => void (said.stderr += text) },
    stop: new AbortController().signal,
  })
  const data = JSON.parse(said.stdout) as { result?: Pick<Answer, 'models'> } & Pick<Answer, 'failure'>
  const models = data.result?.models ?? []
  return { exit, stderr: said.stderr, models, ...(data.failure ? { failure: data.failure } : {}) }
}

/** Succeeds, and tells of the one model. */
const one = async (command: string, ...args: string[]): Promise<Answer['models'][number] | undefined> => {
  const { exit, stderr, models } = await brickrail(command, ...args)
  if (exit !== 0) throw new Error(`${command} ended with ${exit}: ${stderr}`)
  return models[0]
}

beforeAll(async () => {
  for (const [path, text] of Object.entries(project)) write(path, text)
  await one('deploy')
}, 900_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('trains and evaluates on its own MLflow server', async () => {
  await one('train', '--param', 'quality=good')
  expect(await one('evaluate')).toMatchObject({ version: '1', champion: null, verdict: 'passed' })
  for (const to of ['staging', 'production']) await one('promote', '--to', to)
}, 600_000)

it('retrains when the champion breaks a bound on the rows of today, not before', async () => {
  expect(await one('retrain', '--param', 'quality=better')).toMatchObject({ reasons: [], retrained: false })
  write('pipelines/models/mlflow.yml', policyOf(0.97))
  expect(await one('retrain', '--param', 'quality=better')).toMatchObject({
    reasons: [expect.stringMatching(/^r2\.min of the champion is 0\.\d+, wanted >= 0\.97$/)],
    retrained: true,
    version: '2',
    verdict: 'passed',
    outcome: 'promoted',
  })
}, 600_000)

it('says so when what was trained is no better than the champion', async () => {
  write('pipelines/models/mlflow.yml', policyOf(0.999))
  const { exit, failure } = await brickrail('retrain', '--param', 'quality=worse')
  expect([exit, failure?.code]).toEqual([8, 'GATE_REFUSED'])
  expect(failure?.message).toContain('metrics.r2.min')
}, 600_000)
