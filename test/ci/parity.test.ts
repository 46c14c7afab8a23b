import { describe, expect, it } from 'vitest'
import { renderAzure } from '../../src/ci/azure/render.ts'
import { idOf } from '../../src/ci/azure/names.ts'
import { renderGitlab } from '../../src/ci/gitlab/render.ts'
import type { Pipeline } from '../../src/ci/model.ts'
import type { Section } from '../../src/ci/section.ts'
import type { Happening } from '../../src/ci/triggers.ts'
import { jobsStarted, service } from '../conformance/azure/service.ts'
import { happen, ranIn } from './github-happen.ts'
import { pipelineOf as build } from './github-sample.ts'
import { momentsOf } from './gitlab/moments.ts'
import { pipelineOf as gitlabPipeline, readGitlab } from './gitlab/rules.ts'

/** A job by hand counts as run where it was chosen: GitLab offers all of them in one pipeline, the others start the one. */
interface Case {
  happening: Happening
  chosen?: string
  jobs: string[]
}

const inOrder = (pipeline: Pipeline, names: ReadonlySet<string>): string[] =>
  pipeline.jobs.map(({ name }) => name).filter((name) => names.has(name))

type Host = (pipeline: Pipeline, { happening, chosen }: Case) => Promise<Iterable<string>>

/** Each from the YAML alone, by the rules that the host documents. */
const hosts: Readonly<Record<string, Host>> = {
  gitlab: async (pipeline, { happening, chosen }) => {
    const file = readGitlab(renderGitlab(pipeline)[0]?.text ?? '')
    const jobs = momentsOf(pipeline, happening).flatMap((moment) => gitlabPipeline(file, moment))
    return jobs.flatMap((name) => {
      const [plain = '', manual] = name.split(' ')
      return manual === undefined || plain === chosen ? [plain] : []
    })
  },
  azure: async (pipeline, { happening, chosen }) => {
    const { started, byHand } = service(renderAzure(pipeline), 'master')
    const runs =
      chosen === undefined
        ? started(happening, 'azure-repos')
        : [byHand('promote-model', happening.branch ?? 'master', { job: chosen })]
    const ids = new Set(runs.flatMap((run) => jobsStarted(run)))
    return pipeline.jobs.flatMap(({ name }) => (ids.has(idOf(name)) ? [name] : []))
  },
  github: async (pipeline, { happening, chosen }) =>
    ranIn((await happen(pipeline, happening, chosen)) ?? new Map()),
}

const everywhere = async (pipeline: Pipeline, one: Case): Promise<Record<string, string[]>> => {
  const found: Record<string, string[]> = {}
  for (const [host, run] of Object.entries(hosts))
    found[host] = inOrder(pipeline, new Set(await run(pipeline, one)))
  return found
}

const push = (changed: NonNullable<Happening['changed']>, branch?: string): Happening => ({
  event: 'push',
  changed,
  ...(branch === undefined ? {} : { branch }),
})
const all = ['check-pipelines', 'validate']

const cases: Case[] = [
  {
    happening: push(['pipelines/clusters/hello-cluster.json']),
    jobs: [...all, 'build-cluster', 'catch-up'],
  },
  { happening: push(['pipelines/libraries/a/b.yml']), jobs: [...all, 'build-cluster', 'catch-up'] },
  { happening: push(['workspace/a/b/c.py']), jobs: [...all, 'sync-workspace', 'catch-up', 'train'] },
  {
    happening: push(['pipelines/brickrail.yml']),
    jobs: [...all, 'build-cluster', 'sync-workspace', 'catch-up', 'train'],
  },
  {
    happening: push(['workspace/a.py', 'pipelines/clusters/x.json', 'README.md']),
    jobs: [...all, 'build-cluster', 'sync-workspace', 'catch-up', 'train'],
  },
  // The first push of the branch: what changed is not known, so everything did.
  {
    happening: push('unknown'),
    jobs: [...all, 'build-cluster', 'sync-workspace', 'catch-up', 'train', 'docs'],
  },
  { happening: push(['docs/guide/index.md']), jobs: [...all, 'catch-up', 'docs'] },
  { happening: push(['README.md']), jobs: [] },
  { happening: push(['workspaces/a.py', 'old/workspace/a.py', 'pipelines/clusters.json']), jobs: [] },
  { happening: push([]), jobs: [] },
  { happening: push(['workspace/a.py'], 'feature'), jobs: [] },
  { happening: { event: 'merge_request' }, jobs: [...all, 'plan', 'lint'] },
  { happening: { event: 'merge_request', fork: true }, jobs: [...all, 'lint'] },
  { happening: { event: 'schedule', schedule: '17 4 * * *' }, jobs: ['check-pipelines', 'drift'] },
  { happening: { event: 'schedule', schedule: '0 3 * * 0' }, jobs: ['check-pipelines', 'retrain'] },
  { happening: { event: 'tag' }, jobs: ['check-pipelines', 'release-notes'] },
  ...['deploy-production', 'rollback', 'rollback-production', 'destroy', 'retrain'].map((chosen) => ({
    happening: { event: 'manual' as const },
    chosen,
    jobs: ['check-pipelines', chosen],
  })),
]

const own: Section = {
  jobs: {
    lint: { on: ['merge_request'], stage: 'check', script: ['make lint'] },
    train: { needs: ['sync-workspace'], script: ['python train.py'] },
    docs: { changes: ['docs/**'], script: ['make docs'] },
    retrain: { on: ['schedule', 'manual'], schedule: '0 3 * * 0', script: ['python train.py'] },
    'release-notes': { on: ['tag'], script: ['make notes'] },
  },
}

describe('one spec starts the same jobs on every host', () => {
  const pipeline = build(own)
  const rows = cases.map((one) => {
    const { event, changed, branch, fork, schedule } = one.happening
    const what = [event, branch, fork && 'of a fork', schedule, one.chosen, changed && String(changed)]
    return [what.filter(Boolean).join(', '), one] as const
  })

  it.each(rows)('%s', async (_what, one) => {
    const found = await everywhere(pipeline, one)
    const expected = inOrder(pipeline, new Set(one.jobs))
    expect(expected.length).toBe(one.jobs.length)
    expect(found).toEqual({ gitlab: expected, azure: expected, github: expected })
  })
})

describe('a project with jobs and tests', () => {
  const pipeline = build({}, { declares: ['jobs', 'local-tests', 'remote-tests'] })
  const always = [...all, 'local-tests', 'catch-up', 'cluster-tests']
  const rows: [string, Case][] = [
    [
      'settings of a job',
      { happening: push(['pipelines/jobs/train.json']), jobs: [...always, 'deploy-jobs'] },
    ],
    ['code', { happening: push(['workspace/a.py']), jobs: [...always, 'sync-workspace', 'deploy-jobs'] }],
    ['a cluster', { happening: push(['pipelines/clusters/a.json']), jobs: [...always, 'build-cluster'] }],
    ['nothing that is deployed', { happening: push(['README.md']), jobs: [] }],
    ['a merge request', { happening: { event: 'merge_request' }, jobs: [...all, 'local-tests', 'plan'] }],
    ['a fork', { happening: { event: 'merge_request', fork: true }, jobs: [...all, 'local-tests'] }],
    ['by hand', { happening: { event: 'manual' }, chosen: 'run-job', jobs: ['check-pipelines', 'run-job'] }],
  ]
  it.each(rows)('%s', async (_what, one) => {
    const expected = inOrder(pipeline, new Set(one.jobs))
    expect(await everywhere(pipeline, one)).toEqual({ gitlab: expected, azure: expected, github: expected })
  })
})

/** Azure filters whole pipelines: those that have to be one are started by the paths of all. */
describe('jobs of different paths that need one another', () => {
  const pipeline = build({
    jobs: {
      train: { needs: ['build-cluster', 'sync-workspace'], command: 'deploy' },
      docs: { changes: ['docs/**'], script: ['make docs'] },
    },
  })
  const deploying = ['build-cluster', 'sync-workspace', 'catch-up', 'train']
  it.each<[string, string[], string[]]>([
    ['workspace/a.py', ['sync-workspace', 'catch-up', 'train'], deploying],
    ['pipelines/clusters/a.json', ['build-cluster', 'catch-up', 'train'], deploying],
    ['pipelines/brickrail.yml', deploying, deploying],
    ['docs/a.md', ['catch-up', 'docs'], ['catch-up', 'docs']],
  ])('%s', async (path, elsewhere, azure) => {
    const jobs = [...all, ...elsewhere]
    expect(await everywhere(pipeline, { happening: push([path]), jobs })).toEqual({
      gitlab: jobs,
      azure: [...all, ...azure],
      github: jobs,
    })
  })
})
