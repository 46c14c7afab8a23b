import { catalog } from './catalog.ts'
import { badCharacter, keyProblem, problem, type At } from './check-values.ts'
import { cyclesOf } from './graph.ts'
import { stages, type Job, type Problem } from './model.ts'
import type { Facts, JobSection, Section } from './section.ts'

/** Names that a host, or the generated files, use for something else. */
const reserved = new Set([
  'pages',
  'default',
  'stages',
  'include',
  'variables',
  'workflow',
  'image',
  'services',
  'cache',
  'changes',
  'brickrail',
  'before-script',
  'after-script',
  'before_script',
  'after_script',
])

const nameHint = 'a-z, digits and -, beginning with a letter, at most 63 characters'

const nameProblems = (name: string): Problem[] => {
  const at = ['jobs', name]
  if (reserved.has(name))
    return [
      keyProblem(at, 'bad-job-name', `«${name}» means something else to a CI host`, 'choose another name'),
    ]
  if (/^[a-z][a-z0-9-]{0,62}$/.test(name)) return []
  const bad = badCharacter(name, /[^a-z0-9-]/u)
  const why =
    bad !== undefined
      ? `it has the character «${bad}»`
      : name.length > 63
        ? `it has ${name.length} characters`
        : 'it does not begin with a letter'
  return [keyProblem(at, 'bad-job-name', `«${name}» cannot be the name of a job: ${why}`, nameHint)]
}

/** Azure has no `-` in the names of jobs. */
const collisions = (names: readonly string[]): Problem[] => {
  const first = new Map<string, string>()
  return names.flatMap((name) => {
    const plain = name.replaceAll('-', '_')
    const other = first.get(plain)
    first.set(plain, other ?? name)
    return other === undefined
      ? []
      : [
          keyProblem(
            ['jobs', name],
            'one-job-per-name',
            `${other} and ${name} are both ${plain} on Azure DevOps`,
            'rename one of the two',
          ),
        ]
  })
}

/** `null` removes a job that comes with Brickrail; there has to be one. */
const removals = (section: Section, { suggest }: Facts): Problem[] =>
  Object.entries(section.jobs ?? {}).flatMap(([name, own]: [string, JobSection | null]) => {
    if (own !== null) return []
    const names = catalog.map((builtIn) => builtIn.name)
    if (!names.includes(name))
      return [
        keyProblem(['jobs', name], 'unknown-job', `there is no job ${name} to remove`, suggest(name, names)),
      ]
    return name === names[0]
      ? [
          problem(
            ['jobs', name],
            'job-is-needed',
            `${name} is the first job of every pipeline; the others need it`,
            'remove this line',
          ),
        ]
      : []
  })

const needProblems = (at: At, job: Job, jobs: readonly Job[], { suggest }: Facts): Problem[] =>
  job.needs.flatMap((need, index) => {
    const here = [...at, 'needs', index]
    const needed = jobs.find(({ name }) => name === need)
    if (!needed) {
      const known = jobs.map(({ name }) => name).filter((name) => name !== job.name)
      return [
        problem(
          here,
          'unknown-need',
          `${job.name} needs ${need}, and there is no such job`,
          suggest(need, known),
        ),
      ]
    }
    const later = stages.indexOf(needed.stage) > stages.indexOf(job.stage)
    return later
      ? [
          problem(
            here,
            'need-of-later-stage',
            `${job.name} is of stage ${job.stage} and needs ${need}, which is of the later stage ${needed.stage}`,
            `give ${job.name} the stage ${needed.stage} or a later one (${stages.join(', ')})`,
          ),
        ]
      : []
  })

const cycleProblems = (jobs: readonly Job[], section: Section): Problem[] =>
  cyclesOf(jobs).map((cycle) => {
    // The place of a need that a user wrote: built-in jobs alone have no cycle.
    const from =
      Object.keys(section.jobs ?? {}).find((name) => cycle.includes(name) && section.jobs?.[name]?.needs) ??
      ''
    const turned = [...cycle.slice(cycle.indexOf(from)), ...cycle.slice(0, cycle.indexOf(from))]
    const next = turned[1] ?? from
    const index = section.jobs?.[from]?.needs?.indexOf(next) ?? 0
    return problem(
      ['jobs', from, 'needs', index],
      'cycle',
      `jobs need each other in a circle: ${[...turned, from].join(' -> ')}`,
      'take one of these needs out',
    )
  })

/** Names and needs. */
export const graphProblems = (section: Section, jobs: readonly Job[], facts: Facts): Problem[] => [
  ...Object.keys(section.jobs ?? {}).flatMap((name) =>
    section.jobs?.[name] === null ? [] : nameProblems(name),
  ),
  ...collisions(jobs.map(({ name }) => name)),
  ...removals(section, facts),
  ...jobs.flatMap((job) => needProblems(['jobs', job.name], job, jobs, facts)),
  ...cycleProblems(jobs, section),
]
