import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect } from 'vitest'
import { isStarted, runWorkflow, type Happened, type Result, type WorkflowFile } from '../../ci/github-run.ts'
import { startGithub, type GithubFake, type WorkflowRun } from '../../host/fakes/github.ts'
import { cluster, type Size } from '../ci/sample.ts'
import { serve, type Workspace } from '../ci/workspace.ts'
import { createRepository, type Pushed, type Repository } from './repository.ts'
import { runJob, type Log, type Place } from './runner.ts'

export interface Run {
  results: Record<string, Result>
  logs: Record<string, Log>
  /** Of each job that ran. */
  outputs: Record<string, Record<string, string>>
  /** Names of the jobs that ran. */
  ran: string[]
  /** What failed jobs said. */
  faults: string
}

/** All that a run needs: workspace, GitHub's API, and the repository of the sample project. */
export interface Stage {
  workspace: Workspace
  github: GithubFake
  repository: Repository
  credentials: Record<string, string>
  /** What GitHub does when it is told of an event: the workflow that it starts, job by job. */
  happen(happened: Happened, place: Pick<Place, 'commit'> & Partial<Place>): Promise<Run>
  /** The run of a push to master. */
  pushed(commits: Pushed, place?: Partial<Place>): Promise<Run>
  /** A push to master whose run waits for another one and is cancelled for a newer one: nothing of it starts. */
  superseded(commits: Pushed): void
  /** Change the cluster's JSON. */
  resize(workers: number): void
  /** Change a notebook. */
  annotate(text: string): void
  close(): Promise<void>
}

const token = 'dapi-of-the-github-jobs'
export const pushFile = '.github/workflows/brickrail-push.yml'
export const workflows = ['pull-request', 'push', 'manual', 'schedule'].map(
  (kind) => `.github/workflows/brickrail-${kind}.yml`,
)

const branchOf = (ref: string): string => ref.replace('refs/heads/', '')

/** GitHub's record of a run. Running it again is the same run, which has not ended any more. */
const recorded = (runs: WorkflowRun[], file: string, { event, ref }: Happened, sha: string): WorkflowRun => {
  const again = runs.find((run) => run.path === file && run.event === event && run.head_sha === sha)
  if (again) return Object.assign(again, { status: 'in_progress', conclusion: null })
  const of = { path: file, event, head_branch: branchOf(ref), head_sha: sha }
  const run: WorkflowRun = { ...of, status: 'in_progress', conclusion: null }
  runs.push(run)
  return run
}

const endOf = (results: readonly Result[]): WorkflowRun['conclusion'] =>
  (['failure', 'cancelled'] as const).find((bad) => results.includes(bad)) ?? 'success'

export const openStage = async (size?: Size): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-github-'))
  const [workspace, github] = await Promise.all([serve(token), startGithub()])
  const repository = createRepository(folder, { hosts: ['github'] }, size)
  repository.generate()
  const credentials = { DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: token }
  const happen: Stage['happen'] = async (happened, place) => {
    const started = workflows
      .map((file) => ({ file, workflow: parse(repository.read(file)) as WorkflowFile }))
      .filter((one) => isStarted(one.workflow, happened))
    expect(started).toHaveLength(1)
    const { file, workflow } = started[0]!
    const run = recorded(github.runs, file, happened, place.commit.sha)
    const issue: Place['issue'] = (permissions) => github.issue(permissions)
    const logs: Record<string, Log> = {}
    const outputs: Run['outputs'] = {}
    const at: Place = { folder, url: repository.url, api: github.url, file, issue, ...place }
    const results = await runWorkflow(workflow, happened, async (job) => {
      const ended = await runJob(workflow, job, happened, at)
      logs[job.id] = ended
      outputs[job.id] = ended.outputs
      // The runner takes this line out.
      expect(ended.text.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(token)
      return ended
    })
    Object.assign(run, { status: 'completed', conclusion: endOf([...results.values()]) })
    const failed = Object.values(logs).filter(({ status }) => status !== 0)
    return {
      results: Object.fromEntries(results),
      logs,
      outputs,
      ran: [...results].flatMap(([name, result]) => (result === 'skipped' ? [] : [name])),
      faults: failed.map(({ id, status, text }) => `${id} ended with ${status}:\n${text}`).join('\n'),
    }
  }
  return {
    workspace,
    github,
    repository,
    credentials,
    happen,
    pushed: async ({ before, after }, place = {}) =>
      await happen(
        {
          event: 'push',
          ref: 'refs/heads/master',
          repository: 'acme/shop',
          payload: { before, after, ref: 'refs/heads/master' },
        },
        { environments: { dev: credentials }, ...place, commit: { sha: after, ref: 'refs/heads/master' } },
      ),
    superseded: ({ after }) => {
      const push: Happened = { event: 'push', ref: 'refs/heads/master', repository: 'acme/shop', payload: {} }
      const run = recorded(github.runs, pushFile, push, after)
      Object.assign(run, { status: 'completed', conclusion: 'cancelled' })
    },
    resize: (workers) =>
      repository.edit(cluster, (text) => text.replace(/"num_workers": \d+/, `"num_workers": ${workers}`)),
    annotate: (text) =>
      repository.edit('workspace/notebooks/prepare_features.py', (old) => `${old}\n# ${text}\n`),
    close: async () => {
      await github.close()
      await workspace.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
