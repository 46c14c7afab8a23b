import { flow } from '../emit.ts'
import type { Job } from '../model.ts'
import { isSubset } from '../sets.ts'
import { ahead, before, type Workflow } from './workflow.ts'

/** Text in an expression. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Name of the output of the job `changes` that says whether a push concerns a job. */
export const outputOf = (job: Pick<Job, 'name'>): string => job.name.replaceAll('-', '_')

/** `github.event.pull_request.head.repo` is null when the fork was deleted meanwhile; that is no fork of ours either. */
const sameRepository = 'github.event.pull_request.head.repo.full_name == github.repository'

const oneOf = (value: string, texts: readonly string[]): string =>
  texts.length === 1
    ? `${value} == ${literal(texts[0] ?? '')}`
    : `contains(fromJSON(${literal(JSON.stringify(texts))}), ${value})`

/** The form offers every branch; only what is merged is run. */
const onDefault = ({ pipeline }: Workflow): string =>
  `github.ref == ${literal(`refs/heads/${pipeline.defaultBranch}`)}`

/** What must hold for a job to run, besides its needs. */
const own = (job: Job, workflow: Workflow): string[] => {
  switch (workflow.event) {
    case 'push':
      return [
        `needs.changes.outputs.${outputOf(job)} == 'true'`,
        ...(isSubset(workflow.branches, job.branches) ? [] : [oneOf('github.ref_name', job.branches)]),
      ]
    case 'merge_request':
      return job.forks ? [] : [sameRepository]
    case 'manual':
      return workflow.choices.includes(job.name)
        ? [`inputs.job == ${literal(job.name)}`, onDefault(workflow)]
        : []
    case 'schedule':
      return job.schedule === undefined ? [] : [`github.event.schedule == ${literal(job.schedule)}`]
    case 'tag':
      return []
  }
}

/** Whether a need can be left out of a run that the job is in. */
const isOptional = (need: Job, job: Job, { event, choices }: Workflow): boolean => {
  switch (event) {
    case 'push': {
      const attends = need.changes.length === 0
      const covers = attends || (job.changes.length > 0 && isSubset(job.changes, need.changes))
      return !covers || !isSubset(job.branches, need.branches)
    }
    case 'merge_request':
      return job.forks && !need.forks
    case 'manual':
      return choices.includes(need.name)
    case 'schedule':
      return need.schedule !== undefined && need.schedule !== job.schedule
    case 'tag':
      return false
  }
}

/**
 * What the `if` says of the needs. Without a status function in it, GitHub runs a job only if all jobs ahead have
 * succeeded, also those ahead of its needs: one that was skipped is enough to skip it. So where one can be left out, all
 * are named and judged: what was skipped may be skipped, what failed or was cancelled (a timeout, too) stops the job. And
 * where the job only waits its turn behind another, how that one ended is not asked.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#status-check-functions
 */
const judge = (needed: readonly Job[], job: Job, workflow: Workflow): string[] => {
  const optional = (need: Job): boolean => isOptional(need, job, workflow)
  if (ahead(job, workflow).length > needed.length) {
    const results = needed.map((need) => {
      const result = `needs.${need.name}.result`
      return optional(need) ? oneOf(result, ['success', 'skipped']) : oneOf(result, ['success'])
    })
    return ['!cancelled()', ...results]
  }
  return needed.some(optional) ? ['!cancelled()', '!failure()', "!contains(needs.*.result, 'cancelled')"] : []
}

/** `needs` and `if` of a job; each only where there is something to say. */
export const start = (job: Job, workflow: Workflow): { needs?: unknown; if?: string } => {
  const needed = before(job, workflow.jobs)
  const judged = judge(needed, job, workflow)
  const named = judged.length > 0 ? needed : needed.filter(({ name }) => job.needs.includes(name))
  const needs = [
    workflow.event === 'push' ? 'changes' : [],
    named.map(({ name }) => name),
    workflow.turns.get(job.name) ?? [],
  ].flat()
  const condition = [...own(job, workflow), ...judged].join(' && ')
  return {
    ...(needs.length > 0 && { needs: needs.length === 1 ? needs[0] : flow(...needs) }),
    // A bare `!` at the start would be a tag in YAML.
    ...(condition !== '' && { if: condition.startsWith('!') ? `\${{ ${condition} }}` : condition }),
  }
}
