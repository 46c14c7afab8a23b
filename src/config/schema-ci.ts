import * as v from 'valibot'
import { events, hosts, stages } from '../ci/model.ts'
import { closed, oneOf, record, said, scalar, strings, yesNo } from './schema-words.ts'

const minutes = v.pipe(v.number(), v.description('Minutes after which the host stops the job.'))
const variables = v.pipe(record(v.string(), scalar), v.description('Environment variables, in clear text.'))

const runner = {
  image: v.optional(said('GitLab: container image. Default node:24.21.0-bookworm.')),
  tags: v.optional(strings('GitLab: tags of the runner.')),
  pool: v.optional(said('Azure DevOps: a Microsoft-hosted image, or pool:<name> of an agent pool.')),
  runs_on: v.optional(said('GitHub: label of the runner.')),
}

const input = closed({
  about: v.optional(said('What the person is asked for.')),
  default: v.optional(scalar),
})

/** One job: of one's own, or what is different in a built-in one. */
const job = closed({
  about: v.optional(said('Title: one line.')),
  stage: v.optional(oneOf(stages, 'Default test. A job needs none of a later stage.')),
  on: v.optional(
    v.pipe(
      v.array(v.picklist(events)),
      v.description('What starts it. Default push: to the default branch, or to one of `branches`.'),
    ),
  ),
  script: v.optional(strings('Lines of bash. Or else: command.')),
  command: v.optional(said('A command line of Brickrail, without the program: plan --exit-code.')),
  install: v.optional(
    strings('Lines in place of ci.install: [] for a job, or an image, that has nothing to do with npm.'),
  ),
  changes: v.optional(
    strings('Of a push: paths that start it, folder/** or one file. Without: those of its needs.'),
  ),
  branches: v.optional(strings('Branches whose pushes count. Default: the default branch.')),
  needs: v.optional(strings('Jobs that must have succeeded first. Default check-pipelines.')),
  target: v.optional(said('Target that it works on. Default: the one of pushes, when it has access.')),
  access: v.optional(
    oneOf(
      ['none', 'read', 'write'],
      'Credentials for the workspace. Default: what the command needs; none for a script.',
    ),
  ),
  environment: v.optional(said("The host's environment. Default: the target, of a job that writes.")),
  approval: v.optional(
    yesNo('Only behind the approvals of its environment. Default: when it writes to production.'),
  ),
  schedule: v.optional(said('Cron, five fields, UTC: 30 4 * * 1-5')),
  secrets: v.optional(strings('Secrets of ci.secrets that it gets as environment variables.')),
  variables: v.optional(variables),
  inputs: v.optional(
    v.pipe(
      record(v.string(), input),
      v.description('What a person gives who starts it by hand, by the name of the environment variable.'),
    ),
  ),
  artifacts: v.optional(strings('Files to keep.')),
  junit: v.optional(said('JUnit reports: a path or glob.')),
  outputs: v.optional(strings('Names of values that later jobs may read.')),
  timeout: v.optional(minutes),
  ...runner,
})

/** The section `ci`. It is the same for all targets, so a target cannot override it, and nothing in it is replaced. */
export const ciSchema = closed({
  hosts: v.optional(v.pipe(v.array(v.picklist(hosts)), v.description('CI hosts to generate pipelines for.'))),
  default_branch: v.optional(said('Branch that deploys. Default main.')),
  target: v.optional(
    said('Target of pushes and merge requests. Default: the first with a host that is not protected.'),
  ),
  production: v.optional(
    v.pipe(
      v.nullable(v.union([v.string(), v.literal(false)])),
      v.description('Target behind approval. Default: the first protected one. null: none.'),
    ),
  ),
  auth: v.optional(
    oneOf(
      ['token', 'oidc', 'azure-cli'],
      'How jobs sign in: a stored token, a token of the host, or a service connection of Azure DevOps.',
    ),
  ),
  audience: v.optional(said('For oidc: `aud` of the token of GitLab and GitHub. Default databricks.')),
  install: v.optional(strings('Lines that make the packages available. Default: npm ci.')),
  command: v.optional(said('What starts Brickrail. Default ./node_modules/.bin/brickrail.')),
  secrets: v.optional(
    v.pipe(
      record(v.string(), v.nullable(v.string())),
      v.description('Secrets of the CI host that jobs may use: name -> what it is for.'),
    ),
  ),
  defaults: v.optional(
    v.pipe(
      closed({ ...runner, timeout: v.optional(minutes), variables: v.optional(variables) }),
      v.description('For all jobs that do not say otherwise.'),
    ),
  ),
  azure: v.optional(
    closed({
      variable_groups: v.optional(
        v.pipe(
          record(v.string(), v.string()),
          v.description('Variable group by target. Default databricks_cli.'),
        ),
      ),
      service_connection: v.optional(said('For azure-cli: connection of Azure Resource Manager.')),
    }),
  ),
  jobs: v.optional(
    v.pipe(
      record(v.string(), v.nullable(job)),
      v.description('Jobs of your own, and what is different in a built-in one; null removes it.'),
    ),
  ),
})
