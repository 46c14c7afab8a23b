import { expect } from 'vitest'
import { renderGithub } from '../../src/ci/github/render.ts'
import type { Pipeline } from '../../src/ci/model.ts'
import { startedBy, type Happening } from '../../src/ci/triggers.ts'
import {
  isStarted,
  runWorkflow,
  workflowsOf,
  type Ended,
  type Happened,
  type Result,
  type WorkflowFile,
} from './github-run.ts'

const internal = ['changes', 'brickrail']
const repository = 'ml/tesseract'

/** The event as GitHub tells it. */
const happenedOf = ({ event, branch = 'master', fork, schedule }: Happening, choice = ''): Happened => {
  const common = { ref: `refs/heads/${branch}`, repository }
  switch (event) {
    case 'push':
      return { ...common, event: 'push', payload: { before: '1'.repeat(40) } }
    case 'merge_request': {
      const repo = { full_name: fork ? 'eve/tesseract' : repository }
      const payload = { pull_request: { number: 12, head: { repo } } }
      return { ...common, event: 'pull_request', ref: 'refs/pull/12/merge', payload }
    }
    case 'manual':
      return { ...common, event: 'workflow_dispatch', payload: {}, inputs: { job: choice } }
    case 'schedule':
      return { ...common, event: 'schedule', payload: { schedule } }
    case 'tag':
      return { ...common, event: 'push', ref: 'refs/tags/release/1.0', payload: { before: '0'.repeat(40) } }
  }
}

/** What `brickrail changes` finds out. */
const found = (pipeline: Pipeline, changed: Happening['changed']): Record<string, string> =>
  Object.fromEntries(
    pipeline.jobs
      .filter(({ on }) => on.includes('push'))
      .map((job) => [job.name.replaceAll('-', '_'), String(startedBy(job, changed ?? 'unknown', pipeline))]),
  )

type Endings = Readonly<Record<string, Ended['result']>>

const parsed = new WeakMap<Pipeline, WorkflowFile[]>()

const filesOf = (pipeline: Pipeline): WorkflowFile[] => {
  const known = parsed.get(pipeline) ?? [...workflowsOf(renderGithub(pipeline)).values()]
  parsed.set(pipeline, known)
  return known
}

/** Everything that runs at a happening, from the YAML alone; undefined if no workflow starts. */
export const happen = async (
  pipeline: Pipeline,
  happening: Happening,
  choice?: string,
  endings: Endings = {},
): Promise<Map<string, Result> | undefined> => {
  const happened = happenedOf(happening, choice)
  const started = filesOf(pipeline).filter((one) => isStarted(one, happened))
  expect(started.length).toBeLessThanOrEqual(1)
  return (
    started[0] &&
    (await runWorkflow(started[0], happened, ({ id }) => ({
      result: endings[id] ?? 'success',
      outputs: id === 'changes' && !endings[id] ? found(pipeline, happening.changed) : {},
    })))
  )
}

export const ranIn = (results: ReadonlyMap<string, Result>): string[] =>
  [...results].flatMap(([name, result]) => (result === 'skipped' || internal.includes(name) ? [] : [name]))

export const sorted = (names: readonly string[]): string[] => names.toSorted((a, b) => a.localeCompare(b))
