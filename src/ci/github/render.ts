import { emit, flow } from '../emit.ts'
import type { Event, GeneratedFile, Input, Job, Pipeline, Render } from '../model.ts'
import { outputOf } from './conditions.ts'
import { reports } from '../reports.ts'
import { lines, prepare, renderJob, script } from './job.ts'
import { unique } from '../sets.ts'
import { workflow, type Workflow } from './workflow.ts'

const titles: Readonly<Record<Event, string>> = {
  merge_request: 'pull request',
  push: 'push',
  tag: 'tag',
  manual: 'manual',
  schedule: 'schedule',
}

/** A value that several jobs ask for is one field of the form. */
const field = (inputs: readonly Input[]): object => {
  const values = unique(inputs.map(({ default: value }) => value))
  const about = unique(inputs.map((input) => input.about)).join(' / ')
  return {
    ...(about !== '' && { description: about }),
    type: 'string',
    ...(values.length === 1 && values[0] !== '' && { default: values[0] }),
  }
}

const form = ({ jobs, choices }: Workflow): object => {
  const inputs = jobs.flatMap((job) => job.inputs)
  const names = unique(inputs.map(({ name }) => name))
  return {
    job: { description: 'What to run', type: 'choice', required: true, options: choices },
    ...Object.fromEntries(names.map((name) => [name, field(inputs.filter((input) => input.name === name))])),
  }
}

/**
 * No `paths`: GitHub looks at the first 300 changed files only, and a required check that is filtered out never ends. A merge queue
 * waits for the same check, of the branch that it would merge; what reads secrets was run in the pull request.
 */
const triggers = (workflow: Workflow): unknown => {
  switch (workflow.event) {
    case 'push':
      return { push: { branches: flow(...workflow.branches) } }
    case 'merge_request':
      return flow('pull_request', 'merge_group')
    case 'tag':
      return { push: { tags: flow('**') } }
    case 'manual':
      return { workflow_dispatch: { inputs: form(workflow) } }
    case 'schedule':
      return {
        schedule: unique(workflow.jobs.flatMap(({ schedule }) => schedule ?? [])).map((cron) => ({ cron })),
      }
  }
}

/**
 * GitHub keeps one waiting run of a group, the newest, and cancels the others: that one finds what they have left, see
 * `changes`. A run's group is never one of its jobs' groups: such a job would wait for
 * the end of the run that it is in.
 * https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
const concurrency = ({ event, jobs, lock }: Workflow): object => {
  const group = (name: string, cancel: boolean): object => ({
    concurrency: { group: name, 'cancel-in-progress': cancel },
  })
  if (event === 'push') return group(lock ?? 'brickrail-push-${{ github.ref_name }}', false)
  if (event !== 'merge_request') return {}
  const writes = jobs.some((job) => job.lock !== undefined)
  return group('brickrail-pull-request-${{ github.event.pull_request.number || github.ref }}', !writes)
}

/** Which jobs the pushes since the last green run concern, told by git: see `triggers`. The runs are read with the token. */
const changes = ({ jobs, pipeline }: Workflow, runsOn: string): object => ({
  name: 'Find what the push changes',
  'runs-on': runsOn,
  'timeout-minutes': 10,
  permissions: { contents: 'read', actions: 'read' },
  outputs: Object.fromEntries(
    jobs.map((job) => [outputOf(job), `\${{ steps.changes.outputs.${outputOf(job)} }}`]),
  ),
  steps: [
    ...prepare(true, pipeline.install),
    {
      id: 'changes',
      run: script([`${pipeline.command} changes`], pipeline.command),
      env: { BRICKRAIL_BEFORE: '${{ github.event.before }}', GITHUB_TOKEN: '${{ github.token }}' },
    },
  ],
})

/** One check to require in the branch's protection, whatever jobs there are. It never waits for a job that was left out. */
const gate = ({ jobs }: Workflow, runsOn: string): object => ({
  name: 'brickrail',
  needs: flow(...jobs.map(({ name }) => name)),
  if: 'always()',
  'runs-on': runsOn,
  'timeout-minutes': 5,
  permissions: {},
  steps: [
    {
      run: lines([
        'for result in $RESULTS; do',
        '  [[ $result == success || $result == skipped ]] || { echo "A job ended as $result."; exit 1; }',
        'done',
      ]),
      env: { RESULTS: "${{ join(needs.*.result, ' ') }}" },
    },
  ],
})

const allJobs = (workflow: Workflow, first: Job): object => ({
  ...(workflow.event === 'push' && { changes: changes(workflow, first.runner.runsOn) }),
  ...Object.fromEntries(workflow.jobs.map((job) => [job.name, renderJob(job, workflow)])),
  ...(workflow.event === 'merge_request' && { brickrail: gate(workflow, first.runner.runsOn) }),
})

const render = (workflow: Workflow, first: Job): object => ({
  name: `Brickrail ${titles[workflow.event]}`,
  ...(workflow.event === 'manual' && { 'run-name': '${{ inputs.job }} by ${{ github.actor }}' }),
  on: triggers(workflow),
  permissions: {},
  ...concurrency(workflow),
  defaults: { run: { shell: 'bash' } },
  env: { BRICKRAIL_REPORTS: reports },
  jobs: allJobs(workflow, first),
})

const file = (event: Event, pipeline: Pipeline): GeneratedFile[] => {
  const found = workflow(event, pipeline)
  const first = found?.jobs[0]
  if (!found || !first) return []
  const name = titles[event].replace(' ', '-')
  return [
    {
      path: `.github/workflows/brickrail-${name}.yml`,
      text: emit(pipeline, render(found, first)),
      owner: 'brickrail',
    },
  ]
}

/** GitHub Actions: one workflow per kind of event that has jobs. */
export const renderGithub: Render = (pipeline) =>
  (['merge_request', 'push', 'tag', 'manual', 'schedule'] as const).flatMap((event) => file(event, pipeline))
