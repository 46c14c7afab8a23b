import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { gitlabToken, startGitlab, type GitlabFake } from '../host/fakes/gitlab.ts'
import { job } from './ci/sample.ts'
import { serve, type Workspace } from './ci/workspace.ts'
import { makeRepository, type Pipeline, type Repository } from './gitlab/repository.ts'
import { host, mergeRequest, modelCredentials, noBranch, push } from './gitlab/variables.ts'

/**
 * The story of a model through the generated pipeline: trained, evaluated, tested and in Staging by a push; a worse one refused;
 * in Production by a person's click, once somebody else has approved; and back.
 */

const parent = mkdtempSync(join(tmpdir(), 'brickrail-gitlab-models-'))
let workspace: Workspace
let repository: Repository
let gitlab: GitlabFake

/** Who approves, and whose credentials move models. */
const [lead, release] = ['dapi-of-a-lead', 'dapi-of-the-release']
const as = (token: string) => ({ DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: token })

const principal = async (user: string, token: string): Promise<void> => {
  const body = JSON.stringify({ user, token, groups: ['admins'] })
  const { ok } = await fetch(`${workspace.url}/_emulator/principals`, { method: 'POST', body })
  if (!ok) throw new Error(`no principal ${user}`)
}

const said = ({ stdout, stderr }: Pipeline): string => `${stdout}\n${stderr}`

const pipeline = async (...args: Parameters<Repository['pipeline']>): Promise<Pipeline> => {
  const ran = await repository.pipeline(...args)
  onTestFailed(() => void process.stderr.write(said(ran)))
  return ran
}

interface Versions {
  model_versions?: { version: string; current_stage: string }[]
}

/** Stage by version. */
const stages = async (): Promise<Record<string, string>> => {
  const query = new URLSearchParams({ filter: "name='stock-price'" })
  const path = `/api/2.0/mlflow/model-versions/search?${query.toString()}`
  const { model_versions: found = [] } = await workspace.get<Versions>(path)
  return Object.fromEntries(found.map(({ version, current_stage: stage }) => [version, stage]))
}

/** One line for each run of a job by hand. */
const byHand = async (name: string, version = ''): Promise<Pipeline> =>
  await pipeline({ ...host, MODEL: '', MODEL_VERSION: version }, name)

const approve = async (token: string): Promise<string> => {
  const args = ['approve', '--target', 'dev', '--model', 'stock-price', '--to', 'production']
  const { status, stdout, stderr } = await repository.brickrail(as(token), ...args)
  return `${status} ${stdout}${stderr}`
}

beforeAll(async () => {
  workspace = await serve('dapi-served-for-gitlab-models')
  gitlab = await startGitlab()
  repository = await makeRepository(parent, 'models')
  await principal('lead@example.com', lead)
  await principal('release@example.com', release)
  const variables = modelCredentials(workspace, release)
  writeFileSync(join(repository.folder, '.gitlab-ci-local-variables.yml'), variables)
  const { status, stderr } = await repository.brickrail(as(workspace.token), 'deploy', '--target', 'dev')
  if (status !== 0) throw new Error(stderr)
})
afterAll(async () => {
  await workspace.close()
  await gitlab.close()
  rmSync(parent, { recursive: true, force: true })
})
afterEach(async () => await repository.pushed())

const depth =
  (levels: number) =>
  (text: string): string =>
    text.replace(/("name": "max_depth", "default": )"\d+"/, `$1"${levels}"`)

/** In every push that changes what trains. */
const deployed = {
  'check-pipelines': 'pass',
  validate: 'pass',
  'local-tests': 'pass',
  'deploy-jobs': 'pass',
  'catch-up': 'pass',
  'cluster-tests': 'pass',
}
const promoted = { ...deployed, 'train-models': 'pass', 'evaluate-models': 'pass', 'promote-staging': 'pass' }

describe('a model', () => {
  it('comes to Staging by a push: trained, evaluated, tested', async () => {
    await repository.commit(job, depth(79))
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([0, promoted])
    expect(said(ran)).toMatch(/metrics\.r2\.min +0\.8\d* +>= 0\.8 +passed/)
    expect(said(ran)).toMatch(/tests\.data +\d+ passed/)
    expect(await stages()).toEqual({ 1: 'Staging' })
  })

  it('that is worse is refused, and a table says why', async () => {
    await repository.commit(job, depth(1))
    const ran = await pipeline(push)
    const refused = { ...deployed, 'train-models': 'pass', 'evaluate-models': 'fail' }
    expect(ran.status).toBe(1)
    expect(refused).toMatchObject(ran.jobs)
    expect(ran.jobs).not.toHaveProperty('promote-staging')
    expect(said(ran)).toMatch(/metrics\.r2\.min .*failed +Model is not accurate, retrain the model!/)
    expect(await stages()).toEqual({ 1: 'Staging', 2: 'None' })
  })

  it('goes to Production only when somebody has approved, and not who trained it', async () => {
    const early = await byHand('promote-production')
    expect([early.status, early.jobs]).toEqual([1, { 'promote-production': 'fail' }])
    expect(said(early)).toContain('waits for 1 approval(s) to go to production')
    expect(await approve(workspace.token)).toMatch(/^5 /)
    expect(await stages()).toEqual({ 1: 'Staging', 2: 'None' })
    expect(await approve(lead)).toMatch(/^0 /)
    const ran = await byHand('promote-production')
    expect([ran.status, ran.jobs]).toEqual([0, { 'promote-production': 'pass' }])
    expect(await stages()).toEqual({ 1: 'Production', 2: 'None' })
  })

  it('takes the place of the one before, which is archived', async () => {
    await repository.commit(job, depth(80))
    const ran = await pipeline(push)
    expect([ran.status, ran.jobs]).toEqual([0, promoted])
    expect(said(ran)).toMatch(/metrics\.rmse\.relative-loss .*passed/)
    expect(await stages()).toEqual({ 1: 'Production', 2: 'None', 3: 'Staging' })
    expect(await approve(lead)).toMatch(/^0 /)
    expect((await byHand('promote-production', '3')).jobs).toEqual({ 'promote-production': 'pass' })
    expect(await stages()).toEqual({ 1: 'Archived', 2: 'None', 3: 'Production' })
  })

  it('comes back in one click', async () => {
    const ran = await byHand('rollback-model')
    expect([ran.status, ran.jobs]).toEqual([0, { 'rollback-model': 'pass' }])
    expect(await stages()).toEqual({ 1: 'Production', 2: 'None', 3: 'Archived' })
  })

  it('has a history that tells all of it', async () => {
    const args = ['history', '--target', 'dev', '--model', 'stock-price', '--output', 'json']
    const { status, stdout } = await repository.brickrail(as(workspace.token), ...args)
    expect(status).toBe(0)
    const records: unknown = JSON.parse(stdout)
    expect(JSON.stringify(records)).toContain('lead@example.com')
    expect(records).toMatchObject({
      result: {
        promotions: [
          { action: 'rollback', version: '1', place: 'production', status: 'done' },
          { action: 'promote', version: '3', place: 'production', status: 'done' },
          { action: 'promote', version: '3', place: 'staging', status: 'done' },
          { action: 'promote', version: '1', place: 'production', status: 'done' },
          { action: 'promote', version: '1', place: 'production', status: 'waiting' },
          { action: 'promote', version: '1', place: 'staging', status: 'done' },
        ],
      },
    })
  })

  it('has its verdict in a comment of the merge request, and the workspace no write', async () => {
    await workspace.writes()
    const variables = { ...mergeRequest(gitlab, '12'), BRICKRAIL_GITLAB_TOKEN: gitlabToken }
    const ran = await pipeline(variables, ...noBranch)
    expect([ran.status, ran.jobs['model-verdict'], ran.jobs['plan']]).toEqual([0, 'pass', 'pass'])
    expect(await workspace.writes()).toEqual([])
    const marks = gitlab.notes.map(({ body }) => /brickrail:(\w+:dev)/.exec(body)?.[1])
    expect(new Set(marks)).toEqual(new Set(['evaluate:dev', 'plan:dev']))
    expect(marks).toHaveLength(2)
    expect(gitlab.statuses.map(({ name }) => name)).toContain('brickrail/evaluate/dev')
  })
})
