import type { BuiltIn } from './built-in.ts'
import { catalog, isBuiltIn, overridable, traitsOf } from './catalog.ts'
import { scriptProblems } from './check-scripts.ts'
import { triggerProblems } from './check-triggers.ts'
import {
  aboutProblems,
  artifactProblems,
  charsetProblems,
  keyProblem,
  problem,
  runnerProblems,
  timeoutProblems,
  variableNameProblems,
  variablesProblems,
  type At,
} from './check-values.ts'
import type { Setting } from './job.ts'
import type { Access, Job, Problem } from './model.ts'
import type { Facts, JobSection, Section } from './section.ts'

export interface Checked {
  section: Section
  setting: Setting
  facts: Facts
}

/**
 * What a built-in job is cannot be changed: its command, stage and credentials belong together. So do an approval and the
 * environment that asks for it.
 */
const overrideProblems = (at: At, { name, approval }: Job, own: JobSection): Problem[] => {
  const open = overridable.filter((field) => !(approval && field === 'environment'))
  const fixed = Object.keys(own).filter((field) => !(open as readonly string[]).includes(field))
  return fixed.map((field) =>
    keyProblem(
      [...at, field],
      'built-in-field',
      `${field} of the built-in job ${name} cannot be changed`,
      `may be changed: ${open.join(', ')}; or write a job of your own under another name, and remove this one with \`${name}: null\``,
    ),
  )
}

const order: readonly Access[] = ['none', 'read', 'write']

const accessProblems = (at: At, own: JobSection, job: Job, { setting }: Checked): Problem[] => {
  const asked = own.access
  const needed = own.command === undefined ? undefined : traitsOf(own.command)?.access
  const wish = asked ?? needed ?? 'none'
  const here = [...at, asked === undefined ? 'command' : 'access']
  const found: Problem[] = []
  if (wish === 'write' && job.on.includes('merge_request'))
    found.push(
      problem(
        here,
        'write-on-merge-request',
        `${job.name} may deploy, and is started by merge requests: code that nobody has reviewed would`,
        'take merge_request out of `on`, or use `access: read`',
      ),
    )
  if (needed !== undefined && asked !== undefined && order.indexOf(asked) < order.indexOf(needed))
    found.push(
      problem(
        here,
        'access-too-low',
        `${own.command?.trim().split(/\s/)[0]} needs access ${needed}, and the job has ${asked}`,
        `write access: ${needed}, or leave it out`,
      ),
    )
  if (
    asked !== undefined &&
    asked !== 'none' &&
    own.target === undefined &&
    !setting.isRemote(setting.target)
  )
    found.push(
      problem(
        here,
        'access-without-workspace',
        `access ${asked} needs a workspace, and the target ${setting.target} has no host`,
        'name a `target` that has a host',
      ),
    )
  return found
}

const approvalProblems = (at: At, own: JobSection, job: Job): Problem[] =>
  own.approval === true && job.environment === undefined
    ? [
        problem(
          [...at, 'approval'],
          'approval-without-environment',
          'approvals belong to an environment, and this job has none',
          'add environment, or a target with `access: write`',
        ),
      ]
    : []

/** Hosts give the secrets of an environment to every job that names it; Azure DevOps and GitHub in any case of letters. */
const environmentProblems = (at: At, own: JobSection, job: Job, { facts }: Checked): Problem[] => {
  const here = [...at, 'environment']
  const { environment } = own
  if (environment === undefined) return []
  const same = ({ name }: { name: string }): boolean => name.toLowerCase() === environment.toLowerCase()
  const other = facts.targets.find((target) => same(target) && target.name !== job.target)
  const found = [...charsetProblems(here, 'environment', environment)]
  if (other)
    found.push(
      problem(
        here,
        'environment-of-another-target',
        `${environment} is the environment of the target ${other.name}, and ${job.name} ${job.target === undefined ? 'has no target' : `is for ${job.target}`}: it would be given credentials that are not its own`,
        `add \`target: ${other.name}\`, or name another environment`,
      ),
    )
  if (job.on.includes('merge_request'))
    found.push(
      problem(
        here,
        'environment-on-merge-request',
        `${job.name} is started by merge requests: code that nobody has reviewed would read the secrets of ${environment}`,
        'take merge_request out of `on`, or leave environment out',
      ),
    )
  return found
}

const targetProblems = (at: At, own: JobSection, { facts }: Checked): Problem[] => {
  const names = facts.targets.map(({ name }) => name)
  return own.target === undefined || names.includes(own.target)
    ? []
    : [
        problem(
          [...at, 'target'],
          'unknown-target',
          `there is no target «${own.target}»`,
          facts.suggest(own.target, names),
        ),
      ]
}

const secretProblems = (at: At, own: JobSection, job: Job, { section, facts }: Checked): Problem[] => {
  const declared = Object.keys(section.secrets ?? {})
  const forks = isBuiltIn(job.name) && job.on.includes('merge_request')
  return (own.secrets ?? []).flatMap((name, index) => {
    const here = [...at, 'secrets', index]
    if (!declared.includes(name))
      return [
        problem(
          here,
          'undeclared-secret',
          `the secret ${name} is not declared`,
          `add it under ci.secrets with what it is for; ${facts.suggest(name, declared)}`,
        ),
      ]
    return forks && job.access === 'none'
      ? [
          problem(
            here,
            'secret-for-forks',
            `${job.name} runs for merge requests from forks, too, and they get no secrets`,
            'use the secret in a job of your own',
          ),
        ]
      : []
  })
}

const valueProblems = (at: At, own: JobSection): Problem[] => [
  ...aboutProblems([...at, 'about'], own.about),
  ...variablesProblems([...at, 'variables'], own.variables),
  ...(own.artifacts ?? []).flatMap((path, index) => artifactProblems([...at, 'artifacts', index], path)),
  ...charsetProblems([...at, 'junit'], 'path', own.junit),
  ...(own.outputs ?? []).flatMap((name, index) =>
    variableNameProblems([...at, 'outputs', index], 'output', name),
  ),
  ...runnerProblems(at, own),
  ...timeoutProblems([...at, 'timeout'], own.timeout),
]

/** Everything about one job that a section writes. */
export const jobProblems = (own: JobSection, job: Job, checked: Checked): Problem[] => {
  const at = ['jobs', job.name]
  const { section, setting, facts } = checked
  const common = [
    ...triggerProblems(at, own, job, section.hosts ?? [], facts),
    ...secretProblems(at, own, job, checked),
    ...valueProblems(at, own),
    ...environmentProblems(at, own, job, checked),
  ]
  if (isBuiltIn(job.name)) {
    const fixed = overrideProblems(at, job, own)
    // What cannot be changed at all need not be good, too.
    const changed = new Set(fixed.map(({ path }) => path[2]))
    return [...fixed, ...common.filter(({ path }) => !changed.has(path[2] ?? ''))]
  }
  return [
    ...common,
    ...targetProblems(at, own, checked),
    ...accessProblems(at, own, job, checked),
    ...approvalProblems(at, own, job),
    ...scriptProblems(at, own, job, { section, program: setting.command, facts }),
  ]
}

const missing: Readonly<
  Record<NonNullable<BuiltIn['when']>[number] | 'production', readonly [why: string, hint: string]>
> = {
  production: [
    'no target is for production',
    'give a target `protected: true`, or name it as `production` of the section ci',
  ],
  models: ['the project declares no models', 'declare one, or remove this line'],
  jobs: ['the project declares no jobs, apps or packages', 'declare one, or remove this line'],
  'local-tests': ['no suite of `tests` runs on the machine of a CI job', 'declare one, or remove this line'],
  'remote-tests': ['no suite of `tests` runs on a cluster', 'declare one, or remove this line'],
}

/** A built-in job that this project does not have: there is nothing to change in it. */
export const absentProblems = (section: Section, jobs: readonly Job[]): Problem[] =>
  catalog.flatMap(({ name, when }) => {
    if (!section.jobs?.[name] || jobs.some((job) => job.name === name)) return []
    const [why, hint] = missing[when?.[0] ?? 'production']
    return [keyProblem(['jobs', name], 'unknown-job', `there is no job ${name}: ${why}`, hint)]
  })
