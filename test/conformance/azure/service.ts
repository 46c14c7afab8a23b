// https://learn.microsoft.com/en-us/azure/devops/pipelines/build/triggers
import type { GeneratedFile } from '../../../src/ci/model.ts'
import type { Happening } from '../../../src/ci/triggers.ts'
import { expander, nameOf, needsOf, type AzurePipeline, type AzureStage } from './expand.ts'
import { holds, type Scope } from './expression.ts'

/** Where the repository is: Azure Repos leave pull requests to the policies of the branch. */
export type Repository = 'azure-repos' | 'github'

export interface Run {
  path: string
  pipeline: AzurePipeline
  variables: Record<string, string>
}

type Result = 'Succeeded' | 'Failed' | 'Skipped'

/** `releases/*`, or the whole name. */
const isIncluded = (names: readonly string[] | undefined, name: string): boolean =>
  (names ?? []).some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name,
  )

/** Case matters; a folder stands for what is in it. */
const isTouched = (paths: readonly string[] | undefined, changed: readonly string[] | 'unknown'): boolean =>
  paths === undefined ||
  changed === 'unknown' ||
  changed.some((file) => paths.some((path) => file === path || file.startsWith(`${path}/`)))

const conclude = (results: readonly Result[]): Result => {
  if (results.includes('Failed')) return 'Failed'
  return results.every((result) => result === 'Skipped') ? 'Skipped' : 'Succeeded'
}

interface Node {
  id: string
  needs: readonly string[]
  condition: string | undefined
}

/** Everything that has to be over first, however far back. */
const ancestors = (ids: readonly string[], nodes: readonly Node[]): string[] =>
  ids.flatMap((id) => [id, ...ancestors(nodes.find((node) => node.id === id)?.needs ?? [], nodes)])

const starts = (
  node: Node,
  nodes: readonly Node[],
  done: ReadonlyMap<string, Result>,
  names: Scope['names'],
) => {
  const all = ancestors(node.needs, nodes).map((id) => done.get(id))
  if (all.includes(undefined)) throw new Error(`${node.id} waits for what does not come before it`)
  const succeeded = node.needs.every((id) => done.get(id) === 'Succeeded')
  const functions = {
    succeeded: () => succeeded,
    failed: () => all.includes('Failed'),
    canceled: () => false,
  }
  return holds(node.condition ?? 'succeeded()', { names, functions })
}

/** Runs through the graph, in the order of the file. */
const walk = (
  nodes: readonly Node[],
  names: Scope['names'],
  work: (id: string) => Result,
): Map<string, Result> => {
  const done = new Map<string, Result>()
  for (const node of nodes) done.set(node.id, starts(node, nodes, done, names) ? work(node.id) : 'Skipped')
  return done
}

const jobNodes = ({ jobs }: AzureStage): Node[] =>
  jobs.map((job) => ({ id: nameOf(job), needs: needsOf(job), condition: job.condition }))

/** A stage that does not say what it waits for waits for the one before it. */
const stageNodes = ({ stages }: AzurePipeline): Node[] =>
  stages.map((stage, index) => ({
    id: stage.stage,
    needs:
      stage.dependsOn === undefined
        ? stages
            .slice(0, index)
            .slice(-1)
            .map((one) => one.stage)
        : needsOf(stage),
    condition: stage.condition,
  }))

/** Ids of the jobs that a run starts, if those of `failing` fail and all others succeed. */
export const jobsStarted = ({ pipeline, variables }: Run, failing: readonly string[] = []): string[] => {
  const started: string[] = []
  const names = { variables }
  walk(stageNodes(pipeline), names, (id) => {
    const stage = pipeline.stages.find((one) => one.stage === id)
    if (!stage) return 'Skipped'
    const results = walk(jobNodes(stage), names, (job) => {
      started.push(job)
      return failing.includes(job) ? 'Failed' : 'Succeeded'
    })
    return conclude([...results.values()])
  })
  return started
}

/** Everything on Azure's side: which pipelines a happening starts. */
export const service = (files: readonly GeneratedFile[], defaultBranch: string) => {
  const expand = expander(files)
  const paths = files.map(({ path }) => path).filter((path) => /^azure-pipelines\/[^/]+\.yml$/.test(path))
  const expanded = paths.map((path): [string, AzurePipeline] => [path, expand(path)])

  const pushed = (branch: string, changed: readonly string[] | 'unknown'): Run[] =>
    expanded
      .filter(
        ([, { trigger }]) =>
          trigger !== 'none' &&
          isIncluded(trigger.branches?.include, branch) &&
          isTouched(trigger.paths?.include, changed),
      )
      .map(([path, pipeline]) => ({
        path,
        pipeline,
        variables: { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': `refs/heads/${branch}` },
      }))

  const requested = (fork: boolean, repository: Repository): Run[] =>
    expanded
      .filter(([path, { pr }]) =>
        repository === 'azure-repos'
          ? path === 'azure-pipelines/pull-request.yml'
          : pr !== 'none' && (pr === undefined || isIncluded(pr.branches?.include, defaultBranch)),
      )
      .map(([path, pipeline]) => ({
        path,
        pipeline,
        variables: {
          'Build.Reason': 'PullRequest',
          'Build.SourceBranch': 'refs/pull/7/merge',
          'System.PullRequest.IsFork': fork ? 'True' : 'False',
        },
      }))

  const tagged = (tag: string): Run[] =>
    expanded
      .filter(([, { trigger }]) => trigger !== 'none' && isIncluded(trigger.tags?.include, tag))
      .map(([path, pipeline]) => ({
        path,
        pipeline,
        variables: { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': `refs/tags/${tag}` },
      }))

  const due = (cron: string | undefined): Run[] =>
    expanded.flatMap(([path, pipeline]) =>
      (pipeline.schedules ?? [])
        .filter((one) => cron === undefined || one.cron === cron)
        .flatMap(({ displayName, branches }) =>
          (branches.include ?? []).map((branch) => ({
            path,
            pipeline,
            variables: {
              'Build.Reason': 'Schedule',
              'Build.SourceBranch': `refs/heads/${branch}`,
              'Build.CronSchedule.DisplayName': displayName,
            },
          })),
        ),
    )

  /** Somebody fills in the form of a pipeline; any of them can be run so. */
  const byHand = (name: string, branch: string, parameters: Record<string, string> = {}): Run => ({
    path: `azure-pipelines/${name}.yml`,
    pipeline: expand(`azure-pipelines/${name}.yml`, parameters),
    variables: { 'Build.Reason': 'Manual', 'Build.SourceBranch': `refs/heads/${branch}` },
  })

  /** @throws for `manual`, which is a form and no trigger */
  const started = (happening: Happening, repository: Repository): Run[] => {
    const { event, branch = defaultBranch, changed = 'unknown', fork = false, schedule } = happening
    switch (event) {
      case 'push':
        return pushed(branch, changed)
      case 'merge_request':
        return requested(fork, repository)
      case 'tag':
        return tagged('v1.0')
      case 'schedule':
        return due(schedule)
      case 'manual':
        throw new Error('a person starts one pipeline')
    }
  }
  return { started, byHand, expand, paths }
}
