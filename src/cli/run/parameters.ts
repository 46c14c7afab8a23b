import { didYouMean } from '../../config/faults.ts'
import { Fail } from '../../errors.ts'
import type { JobSettings, JobTask } from '../../wire/jobs.ts'
import type { JobRun, RunNow } from '../../wire/runs.ts'

export type Parameters = Readonly<Record<string, string>>

/** The part of jobs/run-now that says with what. */
export type Told = Pick<
  RunNow,
  'job_parameters' | 'notebook_params' | 'python_params' | 'python_named_params'
>

/** A Python file gets its parameters as words: `--name value`. */
export const asWords = (parameters: Parameters): string[] =>
  Object.entries(parameters).flatMap(([name, value]) => [`--${name}`, value])

/** Words that a job declares, with the given ones in place of those of the same name. */
const mergedWords = (declared: readonly string[], given: Parameters): string[] => {
  const left = new Map(Object.entries(given))
  const words = [...declared]
  for (const [index, word] of words.entries()) {
    const name = word.startsWith('--') ? word.slice(2) : ''
    const value = left.get(name)
    if (value === undefined || index + 1 >= words.length) continue
    words[index + 1] = value
    left.delete(name)
  }
  return [...words, ...asWords(Object.fromEntries(left))]
}

/** Every task, also the one that a for_each_task repeats; Jobs API 2.0 has one as the job itself. */
const tasksOf = (settings: JobSettings): JobTask[] =>
  (settings.tasks ?? [settings as unknown as JobTask]).map((task) => task.for_each_task?.task ?? task)

/**
 * A name that the job does not declare is a mistake, and would be one that nobody sees.
 * @throws Fail USAGE with the name that was most likely meant
 */
export const assertDeclared = (what: string, settings: JobSettings, given: Parameters): void => {
  const known = (settings.parameters ?? []).map(({ name }) => name)
  if (known.length === 0) return
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Fail('USAGE', {
      what: `${what} has no parameter «${unknown}»`,
      hint: didYouMean(unknown, known),
    })
}

/**
 * How a job is told its parameters: by `job_parameters` if it declares some, else in the form of each kind of task that it has.
 * https://docs.databricks.com/api/workspace/jobs/runnow
 * @throws Fail USAGE for a name that the job does not declare, or when nothing in it takes parameters
 */
export const tellJob = (what: string, settings: JobSettings, given: Parameters): Told => {
  if (Object.keys(given).length === 0) return {}
  assertDeclared(what, settings, given)
  if ((settings.parameters ?? []).length > 0) return { job_parameters: { ...given } }
  const tasks = tasksOf(settings)
  const files = tasks.flatMap((task) => task.spark_python_task ?? [])
  // python_params replace those of every file: with two of them, whose declared ones should stay is not to be told.
  if (files.length > 1 && files.some(({ parameters = [] }) => parameters.length > 0))
    throw new Fail('USAGE', {
      what: `${what} has ${files.length} Python files with parameters of their own, and --param would replace those of all`,
      hint: 'declare `parameters` in the job and refer to them as {{job.parameters.name}}',
    })
  const declared = files.length === 1 ? (files[0]?.parameters ?? []) : []
  const told: Told = {
    ...(tasks.some((task) => task.notebook_task) ? { notebook_params: { ...given } } : {}),
    ...(files.length > 0 ? { python_params: mergedWords(declared, given) } : {}),
    ...(tasks.some((task) => task.python_wheel_task) ? { python_named_params: { ...given } } : {}),
  }
  if (Object.keys(told).length === 0)
    throw new Fail('USAGE', {
      what: `no task of ${what} takes parameters`,
      hint: 'declare `parameters` in the job, or leave --param out',
    })
  return told
}

/** `--name value` and `--name=value`; a word that belongs to no name is called by its position. */
const namedWords = (words: readonly string[]): Parameters => {
  const found: Record<string, string> = {}
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const [, name, value] = /^--([^=]+)(?:=([^]*))?$/.exec(word) ?? []
    if (name === undefined) found[`${at}`] = word
    else found[name] = value ?? words[(at += 1)] ?? ''
  }
  return found
}

const isText = (value: unknown): value is string => typeof value === 'string'

const ofKind = (given: unknown): Parameters => {
  if (Array.isArray(given)) return namedWords(given.filter(isText))
  if (typeof given !== 'object' || given === null) return {}
  return Object.fromEntries(Object.entries(given).filter((pair): pair is [string, string] => isText(pair[1])))
}

/** With what a run was started: parameters of its job with their values, and what replaced those of its tasks. */
export const toldOf = ({
  job_parameters: own = [],
  overriding_parameters: told = {},
}: JobRun): Parameters => ({
  ...Object.assign({}, ...Object.values(told).map(ofKind)),
  ...Object.fromEntries(own.map(({ name, value, default: standard }) => [name, value ?? standard ?? ''])),
})
