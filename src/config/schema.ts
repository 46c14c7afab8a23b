import * as v from 'valibot'
import { ciSchema } from './schema-ci.ts'
import { suite } from './schema-tests.ts'
import { closed, name, oneOf, record, said, scalar, strings, yesNo } from './schema-words.ts'

/** Names of projects and targets become tags and folders. */
const lowerName = name(
  /^[a-z0-9][a-z0-9_-]*$/,
  'lower-case letters, digits, - and _, starting with a letter or digit',
)
const entryKey = name(
  /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
  'letters, digits, . - and _, starting with a letter or digit',
)

/**
 * The sections are written twice with one definition: whole at the top level, and as overrides of a target,
 * where every key may be left out and `null` removes.
 */
interface Form {
  required: (schema: v.GenericSchema) => v.GenericSchema
  optional: (schema: v.GenericSchema) => v.GenericSchema
  entry: (schema: v.GenericSchema) => v.GenericSchema
}
const whole: Form = {
  required: (schema) => schema,
  optional: (schema) => v.optional(schema),
  entry: (schema) => schema,
}
const override: Form = {
  required: (schema) => v.optional(v.nullable(schema)),
  optional: (schema) => v.optional(v.nullable(schema)),
  entry: (schema) => v.nullable(schema),
}

const workspace = ({ required, optional }: Form) =>
  closed({
    source: optional(said('Folder to sync, relative to this file. Default ../workspace.')),
    path: required(said('Absolute folder in the workspace, e.g. /Shared/HelloWorkspace.')),
    exclude: optional(strings('Patterns in the form of .gitignore that are left out.')),
    exclusive: optional(yesNo('Also delete what is in the folder but was not put there by this project.')),
  })

const skipping = ['allow', 'refuse'] as const
export const strategies = ['auto', 'edit', 'blue-green', 'recreate'] as const

const cluster = ({ required, optional }: Form) =>
  closed({
    spec: required(said('JSON body of clusters/create, relative to this file.')),
    libraries: optional(
      v.union([
        said('Libraries file, relative to this file.'),
        closed({
          file: required(said('Libraries file, relative to this file.')),
          exclusive: optional(yesNo('Also uninstall libraries that nobody declared here.')),
          skipped: optional(
            oneOf(
              skipping,
              'What a library that the cluster cannot have (SKIPPED) is. Default: allow on the embedded workspace, else refuse.',
            ),
          ),
        }),
      ]),
    ),
    strategy: optional(
      oneOf(strategies, 'How a change reaches the cluster. auto picks the least disruptive way.'),
    ),
    adopt: optional(
      v.pipe(
        v.union([v.boolean(), v.string()]),
        v.description('Take over an existing cluster: true for the only one of that name, or a cluster id.'),
      ),
    ),
  })

const wheel = ({ required, optional }: Form) =>
  closed({
    source: required(said('Folder with a pyproject.toml, relative to this file.')),
    path: optional(
      said(
        'Folder for the wheel: dbfs:/… or /Workspace/…; default: a folder of Brickrail in /Workspace/Shared.',
      ),
    ),
    exclude: optional(strings('Patterns in the form of .gitignore that are left out.')),
  })

const app = ({ required, optional }: Form) =>
  closed({
    source: required(said('Folder to copy, relative to this file.')),
    path: required(said('Folder on DBFS: dbfs:/datalake/code/model')),
    exclude: optional(strings('Patterns in the form of .gitignore that are left out.')),
    layout: optional(
      oneOf(
        ['versioned', 'plain'],
        'versioned: each content in a folder of its own, and a pointer; plain: files directly in the folder.',
      ),
    ),
  })

const settingsFile = 'JSON of job settings (the body of jobs/create), relative to this file.'
const job = ({ required, optional }: Form) =>
  v.union([
    said(settingsFile),
    closed({
      settings: required(said(settingsFile)),
      adopt: optional(
        v.pipe(
          v.union([v.boolean(), v.string()]),
          v.description('Take over an existing job: true for the only one of that name, or a job id.'),
        ),
      ),
    }),
  ])

const sections = (form: Form) => ({
  workspace: form.optional(workspace(form)),
  packages: form.optional(
    v.pipe(record(entryKey, form.entry(wheel(form))), v.description('Python wheels by key.')),
  ),
  apps: form.optional(
    v.pipe(record(entryKey, form.entry(app(form))), v.description('Code on DBFS that jobs run, by key.')),
  ),
  clusters: form.optional(
    v.pipe(record(entryKey, form.entry(cluster(form))), v.description('Clusters by key.')),
  ),
  jobs: form.optional(
    v.pipe(record(entryKey, form.entry(job(form))), v.description('Job settings: one JSON file each.')),
  ),
  tests: form.optional(
    v.pipe(record(entryKey, form.entry(suite(form))), v.description('Test suites by key.')),
  ),
  models: form.optional(
    v.pipe(
      record(entryKey, form.entry(said('Promotion policy, relative to this file.'))),
      v.description('Promotion policies of models: one YAML file each.'),
    ),
  ),
})

const target = closed({
  host: v.optional(
    said('URL of the workspace, usually ${env.DATABRICKS_HOST}. Without it: the embedded workspace.'),
  ),
  profile: v.optional(said('Profile in ~/.databrickscfg.')),
  protected: v.optional(yesNo('Refuse destructive commands unless they name the target.')),
  default: v.optional(yesNo('The target when none is named; otherwise the first one.')),
  variables: v.optional(record(v.string(), scalar)),
  ...sections(override),
})

const variable = v.union([
  scalar,
  closed({ default: v.optional(scalar), description: v.optional(said('What the variable is for.')) }),
])

/** pipelines/brickrail.yml as it is written. */
export const projectSchema = v.pipe(
  closed({
    name: v.pipe(
      lowerName,
      v.description(
        'Name of the project: a tag on its clusters and a folder in the workspace. A new name is a new project.',
      ),
    ),
    targets: v.optional(
      v.pipe(
        record(lowerName, v.nullable(target)),
        v.description('One per workspace. Every value may be overridden in a target; null removes it.'),
      ),
    ),
    variables: v.optional(
      v.pipe(record(v.string(), variable), v.description('Values for ${var.name}, with their defaults.')),
    ),
    ...sections(whole),
    ci: v.optional(v.pipe(ciSchema, v.description('CI pipelines, the same for all targets.'))),
  }),
  v.title('brickrail.yml'),
  v.description('What should exist in the workspace. Paths are relative to this file.'),
)

/** The sections after the target's overrides. */
export const resolvedSchema = closed(sections(whole))

const packages = (what: string) =>
  v.array(
    v.union([said(what), closed({ package: said(what), repo: v.optional(said('Index to install from.')) })]),
  )

/** pipelines/libraries/*.yml */
export const librariesSchema = v.pipe(
  closed({
    pypi: v.optional(packages('Package, with a version: simplejson==3.19.2')),
    cran: v.optional(packages('Package name')),
    maven: v.optional(
      v.array(
        v.union([
          said('Coordinates: group:artifact:version'),
          closed({
            coordinates: said('Coordinates: group:artifact:version'),
            repo: v.optional(said('Repository to install from.')),
            exclusions: v.optional(strings('group:artifact to leave out')),
          }),
        ]),
      ),
    ),
    whl: v.optional(strings('Wheels in /Volumes, /Workspace or cloud storage.')),
    jar: v.optional(strings('JARs in /Volumes, /Workspace or cloud storage.')),
    requirements: v.optional(
      v.pipe(
        v.union([v.string(), v.array(v.string())]),
        v.description('pip requirements: a local file, or one in /Workspace or /Volumes.'),
      ),
    ),
  }),
  v.title('Libraries of a cluster'),
)
