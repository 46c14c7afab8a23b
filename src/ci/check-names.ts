import { keyProblem, type At } from './check-values.ts'
import type { Job, Problem } from './model.ts'
import type { Section } from './section.ts'

const kinds = ['input', 'secret', 'variable', 'output'] as const

interface Named {
  name: string
  kind: (typeof kinds)[number]
  at: At
}

const rules: Readonly<Record<string, string>> = {
  'secret variable': 'secret-and-variable',
  'input secret': 'input-and-secret',
  'input variable': 'input-and-variable',
}

/** Two names of one job, of which hosts would keep one: Azure DevOps and GitHub compare them without regard to case. */
const clash = (job: string, { name: first, kind: one }: Named, { name, kind, at }: Named): Problem => {
  const rule = first === name ? rules[[one, kind].toSorted().join(' ')] : undefined
  const message =
    first !== name
      ? `${first} and ${name} of ${job} are one name on Azure DevOps and GitHub: they differ in case only`
      : one === kind
        ? `${name} is here twice`
        : `${name} is both ${one} and ${kind} of ${job}`
  return keyProblem(
    at,
    rule ?? (first === name ? 'duplicate-name' : 'one-name-in-two-cases'),
    message,
    'rename or remove one of the two',
  )
}

const clashesIn = (job: string, names: readonly Named[]): Problem[] => {
  const seen = new Map<string, Named>()
  return names.flatMap((one) => {
    const key = one.name.toUpperCase()
    const other = seen.get(key)
    seen.set(key, other ?? one)
    return other ? [clash(job, other, one)] : []
  })
}

const variablesAt = (at: At, variables: object | undefined): Named[] =>
  Object.keys(variables ?? {}).map((name) => ({ name, kind: 'variable', at: [...at, 'variables', name] }))

/** Inputs, secrets and variables all are environment variables of the script; outputs are read by other jobs. */
const clashesOf = (job: Job, { defaults, jobs }: Section): Problem[] => {
  const at = ['jobs', job.name]
  const given: Named[] = [
    ...variablesAt(['defaults'], defaults?.variables).filter(
      ({ name }) => !Object.hasOwn(jobs?.[job.name]?.variables ?? {}, name),
    ),
    ...variablesAt(at, jobs?.[job.name]?.variables),
    ...job.secrets.map((name, index): Named => ({ name, kind: 'secret', at: [...at, 'secrets', index] })),
    ...job.inputs.map(({ name }): Named => ({ name, kind: 'input', at: [...at, 'inputs', name] })),
  ]
  const handed = job.outputs.map((name, index): Named => ({
    name,
    kind: 'output',
    at: [...at, 'outputs', index],
  }))
  return [given, handed].flatMap((names) => clashesIn(job.name, names))
}

/** Names that cannot be told apart within one job. */
export const clashes = (section: Section, jobs: readonly Job[]): Problem[] => [
  ...clashesIn('the defaults', variablesAt(['defaults'], section.defaults?.variables)),
  // What is wrong with the defaults alone is said once, and not of every job.
  ...jobs.flatMap((job) => clashesOf(job, section)).filter(({ path }) => path[0] === 'jobs'),
]
