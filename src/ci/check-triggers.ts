import { isBuiltIn } from './catalog.ts'
import { accompanies } from './triggers.ts'
import {
  aboutProblems,
  branchProblems,
  expressionProblems,
  keyProblem,
  problem,
  variableNameProblems,
  type At,
} from './check-values.ts'
import type { Host, Job, Pipeline, Problem } from './model.ts'
import type { Facts, JobSection } from './section.ts'

/** GitLab reads no more of one rule: https://docs.gitlab.com/ci/yaml/#ruleschanges */
const mostPatterns = 50

const patternProblem = (pattern: string): { message: string; hint: string } | undefined => {
  if (/^[\w.@+-][\w.@+ /-]*(\/\*\*)?$/.test(pattern) && !/(^|\/)\.\.?(\/|$)|\/\/|\/$/.test(pattern))
    return undefined
  const folder = /^([^*]*?)\/?(\*|\*\*\/\*)?$/.exec(pattern)?.[1]
  const trap = pattern.endsWith('/*') && !pattern.endsWith('/**/*')
  return {
    message: trap
      ? `«${pattern}» does not mean the same on every host: on GitLab it leaves out what is in sub-folders`
      : `«${pattern}» is not a path that every host understands`,
    hint: `write ${folder ? `${folder}/**` : 'folder/**'} for everything below a folder, or the path of one file, from the root of the repository`,
  }
}

const changesProblems = (at: At, own: JobSection, job: Job): Problem[] => {
  const here = [...at, 'changes']
  if (own.changes === undefined) return []
  if (!job.on.includes('push'))
    return [
      keyProblem(
        here,
        'changes-without-push',
        `changes filters pushes, and ${job.name} is not started by one`,
        'remove it, or add push to `on`; merge requests are not filtered: a required check that does not run is pending for ever',
      ),
    ]
  const bad = own.changes.flatMap((pattern, index) => {
    const why = patternProblem(pattern)
    return why ? [problem([...here, index], 'bad-changes', why.message, why.hint)] : []
  })
  return own.changes.length > mostPatterns
    ? [...bad, tooMany([...here, mostPatterns], `${own.changes.length} paths`)]
    : bad
}

const tooMany = (at: At, what: string): Problem =>
  problem(
    at,
    'too-many-changes',
    `${what}: GitLab reads ${mostPatterns} of one job at most`,
    'name the folder that they are in, as folder/**',
  )

/** Attendants are filtered by the paths of all. */
export const relevantProblems = (pipeline: Pick<Pipeline, 'relevant' | 'jobs'>): Problem[] => {
  const { relevant, jobs } = pipeline
  const attends = jobs.filter((job) => job.on.includes('push') && job.changes.length === 0)
  const lone =
    relevant.length === 0 ? attends.find((job) => !accompanies(job) && job.name !== 'validate') : undefined
  return [
    ...(relevant.length > mostPatterns
      ? [tooMany(['jobs'], `all jobs together have ${relevant.length} paths`)]
      : []),
    ...(lone
      ? [
          problem(
            ['jobs', lone.name],
            'never-started',
            `no push starts ${lone.name}: without changes it attends pushes that start another job, and none has any`,
            `add the paths that it depends on as changes, or remove it: \`${lone.name}: null\``,
          ),
        ]
      : []),
  ]
}

const branchesProblems = (at: At, own: JobSection, job: Job): Problem[] => {
  const here = [...at, 'branches']
  if (own.branches === undefined) return []
  if (!job.on.includes('push'))
    return [
      keyProblem(
        here,
        'branches-without-push',
        `${job.name} is not started by a push`,
        'remove it, or add push to `on`',
      ),
    ]
  if (own.branches.length === 0)
    return [
      problem(
        here,
        'never-started',
        `a push to no branch starts ${job.name}`,
        'name a branch; or leave it out for the default branch',
      ),
    ]
  return own.branches.flatMap((branch, index) => branchProblems([...here, index], branch))
}

/** GitHub starts nothing more often: https://docs.github.com/actions/reference/events-that-trigger-workflows#schedule */
const shortest = 5

const cronProblems = (at: At, expression: string, hosts: readonly Host[], facts: Facts): Problem[] => {
  const fact = facts.cron(expression)
  const hint = 'five fields, in UTC: minute hour day-of-month month day-of-week, e.g. 30 4 * * 1-5'
  if ('why' in fact) return [problem(at, 'bad-cron', `«${expression}» is not a schedule: ${fact.why}`, hint)]
  if ('never' in fact)
    return [problem(at, 'bad-cron', `«${expression}» never happens: there is no such day`, hint)]
  return fact.shortestMinutes < shortest && hosts.includes('github')
    ? [
        problem(
          at,
          'bad-cron',
          `«${expression}» comes again after ${fact.shortestMinutes} min; GitHub starts nothing more often than every ${shortest}`,
          `leave at least ${shortest} minutes between two runs`,
        ),
      ]
    : []
}

const scheduleProblems = (
  at: At,
  own: JobSection,
  job: Job,
  hosts: readonly Host[],
  facts: Facts,
): Problem[] => {
  const here = [...at, 'schedule']
  const scheduled = job.on.includes('schedule')
  if (own.schedule === undefined)
    return scheduled && job.schedule === undefined && !accompanies(job)
      ? [
          problem(
            [...at, 'on'],
            'schedule-missing',
            `${job.name} is to be started by a schedule, and has none`,
            'add schedule, e.g. "30 4 * * 1-5" (UTC)',
          ),
        ]
      : []
  return scheduled && !accompanies(job)
    ? cronProblems(here, job.schedule ?? own.schedule, hosts, facts)
    : [
        keyProblem(
          here,
          'schedule-without-event',
          `${job.name} is not started by a schedule`,
          'remove it, or add schedule to `on`',
        ),
      ]
}

/** The forms of Azure DevOps and GitHub ask for `job` first. */
const inputNameProblems = (at: At, name: string): Problem[] =>
  /^job$/i.test(name)
    ? [
        keyProblem(
          at,
          'reserved-variable',
          `${name} is what the form calls the choice of a job`,
          'choose another name',
        ),
      ]
    : variableNameProblems(at, 'secret', name)

/** A form has fields of one line; and any `$(name)` in a value is replaced by the agents of Azure DevOps. */
const defaultProblems = (at: At, value: string): Problem[] => {
  const found = expressionProblems(at, value)
  if (/[\n\r]/.test(value))
    found.push(problem(at, 'bad-value', 'a form has fields of one line', 'write the value in one line'))
  if (value.includes('$(') && !found.some(({ rule }) => rule === 'host-expression'))
    found.push(
      problem(
        at,
        'host-expression',
        'what follows «$(» would be replaced by Azure DevOps before the shell sees it',
        'put it together in the script',
      ),
    )
  return found
}

const inputsProblems = (at: At, own: JobSection, job: Job): Problem[] => {
  if (own.inputs === undefined) return []
  const here = [...at, 'inputs']
  if (!job.on.includes('manual'))
    return [
      keyProblem(
        here,
        'inputs-without-manual',
        `nobody starts ${job.name} by hand, so nobody can give it inputs`,
        'remove them, or add manual to `on`',
      ),
    ]
  return Object.entries(own.inputs).flatMap(([name, { about, default: value }]) => [
    ...inputNameProblems([...here, name], name),
    ...aboutProblems([...here, name, 'about'], about),
    ...defaultProblems([...here, name, 'default'], String(value ?? '')),
  ])
}

/** What starts a job, and what it is started with. */
export const triggerProblems = (
  at: At,
  own: JobSection,
  job: Job,
  hosts: readonly Host[],
  facts: Facts,
): Problem[] => [
  ...(job.on.length === 0
    ? [
        problem(
          [...at, 'on'],
          'never-started',
          `nothing starts ${job.name}`,
          'name an event, or remove the job',
        ),
      ]
    : []),
  ...changesProblems(at, own, job),
  ...branchesProblems(at, own, job),
  ...scheduleProblems(at, own, job, hosts, facts),
  ...inputsProblems(at, own, job),
]

/** Azure DevOps and GitHub ask for the inputs of all manual jobs in one form. */
export const sharedInputs = (jobs: readonly Job[]): Problem[] => {
  const first = new Map<string, { job: string; value: string }>()
  const builtInFirst = jobs.toSorted((a, b) => Number(isBuiltIn(b.name)) - Number(isBuiltIn(a.name)))
  return builtInFirst.flatMap((job) =>
    job.inputs.flatMap(({ name, default: value }) => {
      const other = first.get(name)
      first.set(name, other ?? { job: job.name, value })
      if (other === undefined || other.value === value) return []
      const message = `${other.job} and ${job.name} have the input ${name} with different defaults, and people are asked once`
      return [
        keyProblem(
          ['jobs', job.name, 'inputs', name],
          'one-input-per-name',
          message,
          'rename one, or give both one default',
        ),
      ]
    }),
  )
}
