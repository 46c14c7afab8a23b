// https://docs.gitlab.com/ci/yaml/#rules and https://docs.gitlab.com/ci/yaml/#workflow
import type { Event, Job, Pipeline } from '../model.ts'
import { accompanies } from '../triggers.ts'

export interface Rule {
  if: string
  changes?: string[]
  when?: 'manual' | 'never'
  allow_failure?: true
  auto_cancel?: { on_new_commit: 'none' }
}

/** Rules of one event. Jobs with the same ones share them under the name. */
export interface Fragment {
  name: string
  rules: Rule[]
}

const source = (name: string): string => `$CI_PIPELINE_SOURCE == "${name}"`
const asked = '$CI_PIPELINE_SOURCE =~ /^(web|api)$/'

const all = (...parts: string[]): string => parts.join(' && ')

const onBranches = (branches: readonly string[]): string => {
  const each = branches.map((branch) => `$CI_COMMIT_BRANCH == "${branch}"`)
  return each.length === 1 ? each.join() : `(${each.join(' || ')})`
}

/** `dir/**` is what GitLab calls `dir/**\/*`; its own `dir/*` would leave out the folders in `dir`. */
const paths = (changes: readonly string[]): string[] =>
  changes.map((path) => (path.endsWith('/**') ? `${path}/*` : path))

/** As many paths as one rule may have. */
const maxPaths = 50

/**
 * GitLab takes every file as changed where no push tells it otherwise: `changes` only goes with the `if` of a push.
 * Without any path there is no push that starts something.
 */
const ofPush = (branches: readonly string[], changes: readonly string[]): Rule[] =>
  Array.from({ length: Math.ceil(changes.length / maxPaths) }, (_, index) => ({
    if: all(source('push'), onBranches(branches)),
    changes: paths(changes.slice(index * maxPaths, (index + 1) * maxPaths)),
  }))

const push = ({ relevant }: Pipeline, { name, branches, changes }: Job): Fragment =>
  changes.length > 0
    ? { name: `push-${name}`, rules: ofPush(branches, changes) }
    : { name: 'push', rules: ofPush(branches, relevant) }

/**
 * In the pipeline of a fork's merge request `CI_PROJECT_ID` is the fork or, when a member starts it, the parent: only the
 * merge request's own project tells in both.
 */
const sameProject = '$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID'

const mergeRequest = (_: Pipeline, { forks }: Job): Fragment => {
  const event = source('merge_request_event')
  return forks
    ? { name: 'any_merge_request', rules: [{ if: event }] }
    : { name: 'merge_request', rules: [{ if: all(event, sameProject) }] }
}

/** Whether a person starts it; what accompanies every pipeline runs by itself. */
export const isClicked = (job: Job): boolean => job.on.includes('manual') && !accompanies(job)

/** Offered beside what a push starts, and in pipelines that a person starts. A job that waits does not hold the rest up. */
const manual = ({ defaultBranch, relevant }: Pipeline, job: Job): Fragment => {
  const started: Rule = { if: all(asked, onBranches([defaultBranch])) }
  if (!isClicked(job)) return { name: 'asked', rules: [started] }
  const rules = [...ofPush([defaultBranch], relevant), started]
  return {
    name: 'manual',
    rules: rules.map((rule) => ({ ...rule, when: 'manual', allow_failure: true })),
  }
}

/** One pipeline schedule a job names it in BRICKRAIL_SCHEDULE; a schedule that names none starts them all. */
const schedule = ({ defaultBranch }: Pipeline, { name, schedule }: Job): Fragment => {
  const due = all(source('schedule'), onBranches([defaultBranch]))
  if (schedule === undefined) return { name: 'schedule', rules: [{ if: due }] }
  const mine = `($BRICKRAIL_SCHEDULE == null || $BRICKRAIL_SCHEDULE == "${name}")`
  return { name: `schedule-${name}`, rules: [{ if: all(due, mine) }] }
}

const tag = (): Fragment => ({ name: 'tag', rules: [{ if: all(source('push'), '$CI_COMMIT_TAG') }] })

const byEvent = { merge_request: mergeRequest, push, manual, schedule, tag }
const order = ['merge_request', 'push', 'manual', 'schedule', 'tag'] as const

/** Alone, a job that accompanies others starts nothing; but a commit is checked, also when there is nothing else to do. */
const isStarted = ({ jobs }: Pipeline, event: Event): boolean =>
  event === 'push' ||
  event === 'merge_request' ||
  jobs.some((job) => job.on.includes(event) && !accompanies(job))

/** The first rule that holds decides: whether a push starts a job by itself comes before whether it offers it. */
export const fragmentsOf = (pipeline: Pipeline, job: Job): Fragment[] =>
  order
    .filter((event) => job.on.includes(event) && isStarted(pipeline, event))
    .map((event) => byEvent[event](pipeline, job))
    .filter(({ rules }) => rules.length > 0)

export const sameFragment = (a: Fragment, b: Fragment): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Fragments that several jobs have; of those with one name the one that most have. */
export const sharedFragments = (pipeline: Pipeline): Fragment[] => {
  const used = pipeline.jobs.flatMap((job) => fragmentsOf(pipeline, job))
  const count = (one: Fragment): number => used.filter((other) => sameFragment(other, one)).length
  const byName = new Map<string, Fragment>()
  for (const fragment of used) {
    const best = byName.get(fragment.name)
    if (!best || count(fragment) > count(best)) byName.set(fragment.name, fragment)
  }
  return [...byName.values()].filter((fragment) => count(fragment) > 1)
}

/** Of which pushes start jobs: no later push may cancel such a pipeline between two deployments. */
const deploying = (pipeline: Pipeline): string[] => [
  ...new Set([
    pipeline.defaultBranch,
    ...pipeline.jobs.filter(({ on }) => on.includes('push')).flatMap(({ branches }) => branches),
  ]),
]

/**
 * One pipeline a commit: of a branch with an open merge request only the merge request's, save for the branches that are
 * deployed. Jobs of the user's own may have any branch, so no other branch is left out.
 */
export const workflowRules = (pipeline: Pipeline): Rule[] => [
  { if: source('merge_request_event') },
  { if: all(source('push'), onBranches(deploying(pipeline))), auto_cancel: { on_new_commit: 'none' } },
  { if: all(source('push'), '$CI_COMMIT_BRANCH', '$CI_OPEN_MERGE_REQUESTS'), when: 'never' },
  { if: '$CI_COMMIT_BRANCH' },
  ...(isStarted(pipeline, 'tag') ? [{ if: '$CI_COMMIT_TAG' }] : []),
]
