import * as v from 'valibot'
import { oneOf, open, record, said, truth, whole, word } from '../schema-words.ts'

/*
 * Of Jobs API 2.2: https://docs.databricks.com/api/workspace/jobs/create. Its parser takes a number for a text and digits for a
 * number, and so does this.
 */

const { optional } = v

const texts = (description: string) =>
  optional(v.pipe(v.array(word('A word of the command line.')), v.description(description)))
const values = (description: string) =>
  optional(v.pipe(record(v.string(), word('Value.')), v.description(description)))

const source = optional(oneOf(['WORKSPACE', 'GIT'], 'Where it is; git_source says which repository.'))
const operators = [
  'EQUAL_TO',
  'NOT_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
]
const runIfs = [
  'ALL_SUCCESS',
  'ALL_DONE',
  'NONE_FAILED',
  'AT_LEAST_ONE_SUCCESS',
  'ALL_FAILED',
  'AT_LEAST_ONE_FAILED',
]

/** What a task runs, as far as its members are known; the other kinds pass through. */
export const kinds = {
  notebook_task: open({
    notebook_path: said('Path of the notebook in the workspace, without an extension.'),
    base_parameters: values('What its widgets get.'),
    source,
    warehouse_id: optional(said('A SQL warehouse, for notebooks of SQL alone.')),
  }),
  spark_python_task: open({
    python_file: said('dbfs:/…, /Workspace/…, or a path in the repository of git_source.'),
    parameters: texts('Command line of the file.'),
    source,
  }),
  python_wheel_task: open({
    package_name: said('Name of the package.'),
    entry_point: said('An entry point of it, or a function.'),
    parameters: texts('Command line; not beside named_parameters.'),
    named_parameters: values('Command line as --name=value.'),
  }),
  condition_task: open({
    op: oneOf(operators, 'EQUAL_TO and NOT_EQUAL compare texts, the others numbers.'),
    left: word('A value or a reference.'),
    right: word('A value or a reference.'),
  }),
  spark_jar_task: open({
    main_class_name: optional(said('Class with the method main.')),
    jar_uri: optional(said('Of old; use libraries.')),
    parameters: texts('Command line.'),
    run_as_repl: optional(truth('Of old; must be true.')),
  }),
  spark_submit_task: open({ parameters: texts('Command line of spark-submit.') }),
}

const health = open({
  rules: optional(
    v.array(
      open({
        metric: said('e.g. RUN_DURATION_SECONDS'),
        op: said('GREATER_THAN'),
        value: whole('The threshold.'),
      }),
    ),
  ),
})

const atEach = <S extends v.GenericSchema>(schema: S) => ({
  on_start: optional(schema),
  on_success: optional(schema),
  on_failure: optional(schema),
  on_duration_warning_threshold_exceeded: optional(schema),
  on_streaming_backlog_exceeded: optional(schema),
})

/** Members that a job and each of its tasks may have. */
export const alerts = {
  email_notifications: open({
    ...atEach(v.array(said('An e-mail address.'))),
    no_alert_for_skipped_runs: optional(truth('Of old; see notification_settings.')),
  }),
  webhook_notifications: open(atEach(v.array(open({ id: said('Of a notification destination.') })))),
  notification_settings: open({
    no_alert_for_skipped_runs: optional(truth('No alert when a run is skipped.')),
    no_alert_for_canceled_runs: optional(truth('No alert when a run is cancelled.')),
    alert_on_last_attempt: optional(truth('Only when there is no retry left.')),
  }),
  health,
}

const optionals = (entries: Readonly<Record<string, v.GenericSchema>>) =>
  Object.fromEntries(Object.entries(entries).map(([name, schema]) => [name, optional(schema)]))

export const edge = open({
  task_key: said('The task that this one waits for.'),
  outcome: optional(word('Of a condition_task: true or false.')),
})

const taskWith = (inner: v.GenericSchema) =>
  open({
    task_key: said('Name of the task, unique in the job.'),
    description: optional(word('For people.')),
    depends_on: optional(v.array(edge)),
    run_if: optional(oneOf(runIfs, 'When it runs, by how the tasks before it have ended.')),
    disabled: optional(truth('It is left out of runs.')),
    existing_cluster_id: optional(said('${clusters.KEY.id}, or the id of a cluster that is not from here.')),
    job_cluster_key: optional(said('A cluster of job_clusters.')),
    environment_key: optional(said('A serverless environment of environments.')),
    new_cluster: optional(open({})),
    libraries: optional(v.array(open({}))),
    max_retries: optional(whole('-1: without end.')),
    min_retry_interval_millis: optional(whole('Wait before a retry, ms.')),
    retry_on_timeout: optional(truth('Also retry what took too long.')),
    disable_auto_optimization: optional(truth('Of serverless compute.')),
    timeout_seconds: optional(whole('0: none.')),
    ...optionals(alerts),
    ...optionals(kinds),
    for_each_task: optional(
      open({
        inputs: optional(word('A JSON list as text, or a reference to one.')),
        concurrency: optional(whole('How many at the same time.')),
        task: inner,
      }),
    ),
    run_job_task: optional(
      open({ job_id: whole('The job to run.'), job_parameters: values('For that job.') }),
    ),
  })

/** One task; the one in its for_each_task is only known to be a map: it is checked on its own, under its own name. */
export const taskSchema = taskWith(open({}))

/** With what a loop repeats, for editors. */
export const taskTreeSchema = taskWith(taskSchema)
