import { movesModels } from './built-in.ts'
import { absentProblems, jobProblems, type Checked } from './check-jobs.ts'
import { graphProblems } from './check-graph.ts'
import { clashes } from './check-names.ts'
import { relevantProblems, sharedInputs } from './check-triggers.ts'
import {
  branchProblems,
  charsetProblems,
  expressionProblems,
  problem,
  runnerProblems,
  timeoutProblems,
  variableNameProblems,
  variablesProblems,
  type At,
} from './check-values.ts'
import type { Setting } from './job.ts'
import type { Job, Pipeline, Problem } from './model.ts'
import type { Facts, Section } from './section.ts'

const hostProblems = ({ hosts = [] }: Section): Problem[] =>
  hosts.flatMap((host, index) =>
    hosts.indexOf(host) < index
      ? [problem(['hosts', index], 'duplicate-host', `${host} is here twice`, 'keep one of the two')]
      : [],
  )

const knownTarget = (
  at: At,
  name: string | null | false | undefined,
  { targets, suggest }: Facts,
): Problem[] => {
  const names = targets.map((target) => target.name)
  return typeof name !== 'string' || names.includes(name)
    ? []
    : [problem(at, 'unknown-target', `there is no target «${name}»`, suggest(name, names))]
}

const targetProblems = (section: Section, { target, production }: Setting, facts: Facts): Problem[] => [
  ...knownTarget(['target'], section.target, facts),
  ...knownTarget(['production'], section.production, facts),
  ...(production === target
    ? [
        problem(
          [section.target === undefined ? 'production' : 'target'],
          'one-target-for-both',
          `pushes would deploy to ${target}, which is for production`,
          'name two targets; or `production: null` when there is nothing behind an approval',
        ),
      ]
    : []),
]

/**
 * The jobs that promote models have an environment of their own; a target of that name, in any case of letters, would share its
 * approvals and credentials. What a job of one's own names is checked with that job.
 */
const modelsProblems = ({ jobs: own }: Section, jobs: readonly Job[], { targets }: Facts): Problem[] => {
  const moving = jobs.find((job) => movesModels(job) && own?.[job.name]?.environment === undefined)
  const environment = moving?.environment
  const other = targets.find(({ name }) => name.toLowerCase() === environment?.toLowerCase())
  return moving && other
    ? [
        problem(
          ['target'],
          'target-named-like-environment',
          `${other.name} is a target, and ${environment} the environment in which ${moving.name} works on ${moving.target}: one would be given the approvals and credentials of the other`,
          `rename the target ${other.name}`,
        ),
      ]
    : []
}

const safeCommand = /^[\w./@-]+( [\w./@=-]+)*$/

/** By any path, and behind any other program. */
const throughNpm = /(?:^|[ /])(npx|npm)(?:-cli\.js)?(?: |$)/

const commandProblems = ({ command, install = [] }: Section): Problem[] => [
  ...(command !== undefined && !safeCommand.test(command)
    ? [
        problem(
          ['command'],
          'bad-value',
          `«${command}» cannot start Brickrail`,
          'a program with its arguments, as words without quotes: node dist/scripts/brickrail.js',
        ),
      ]
    : []),
  ...(command !== undefined && throughNpm.test(command)
    ? [
        problem(
          ['command'],
          'npx',
          `${throughNpm.exec(command)?.[1]} does not hand on the signal by which a host cancels a job`,
          'start the program itself: ./node_modules/.bin/brickrail',
        ),
      ]
    : []),
  ...install.flatMap((line, index) => expressionProblems(['install', index], line)),
]

const authProblems = ({ auth, azure, audience, hosts = [] }: Section): Problem[] => {
  const others = hosts.filter((host) => host !== 'azure')
  const found = [
    ...charsetProblems(['audience'], 'audience', audience),
    ...charsetProblems(['azure', 'service_connection'], 'group', azure?.service_connection),
  ]
  if (auth !== 'azure-cli') return found
  if (others.length > 0)
    found.push(
      problem(
        ['auth'],
        'auth-of-another-host',
        `azure-cli is a way of Azure DevOps; ${others.join(' and ')} cannot sign in like that`,
        'auth: oidc works on all of them',
      ),
    )
  if (azure?.service_connection === undefined)
    found.push(
      problem(
        ['auth'],
        'service-connection-missing',
        'azure-cli signs in by a service connection, and none is named',
        'add azure: { service_connection: <its name> }',
      ),
    )
  return found
}

const azureProblems = ({ azure }: Section, facts: Facts): Problem[] =>
  Object.entries(azure?.variable_groups ?? {}).flatMap(([target, group]) => {
    const at = ['azure', 'variable_groups', target]
    return [
      ...knownTarget(at, target, facts).map((one) => ({ ...one, key: true })),
      ...charsetProblems(at, 'group', group),
    ]
  })

const secretProblems = ({ secrets = {} }: Section): Problem[] =>
  Object.keys(secrets).flatMap((name) => variableNameProblems(['secrets', name], 'secret', name))

const defaultsProblems = ({ defaults = {} }: Section): Problem[] => [
  ...runnerProblems(['defaults'], defaults),
  ...timeoutProblems(['defaults', 'timeout'], defaults.timeout),
  ...variablesProblems(['defaults', 'variables'], defaults.variables),
]

/** Everything that is wrong with a section, in the order of its parts. */
export const check = (
  section: Section,
  pipeline: Pick<Pipeline, 'jobs' | 'relevant'>,
  setting: Setting,
  facts: Facts,
): Problem[] => {
  const { jobs } = pipeline
  const checked: Checked = { section, setting, facts }
  return [
    ...hostProblems(section),
    ...branchProblems(['default_branch'], section.default_branch),
    ...targetProblems(section, setting, facts),
    ...modelsProblems(section, jobs, facts),
    ...commandProblems(section),
    ...authProblems(section),
    ...azureProblems(section, facts),
    ...secretProblems(section),
    ...defaultsProblems(section),
    ...graphProblems(section, jobs, facts),
    ...absentProblems(section, jobs),
    ...relevantProblems(pipeline),
    ...clashes(section, jobs),
    ...sharedInputs(jobs),
    ...jobs.flatMap((job) => {
      const own = section.jobs?.[job.name]
      return own ? jobProblems(own, job, checked) : []
    }),
  ]
}
