import * as v from 'valibot'
import { oneOf, open, record, said, truth, whole, word } from '../schema-words.ts'
import { permissionLevels } from './fields.ts'
import { alerts, taskTreeSchema } from './schema-task.ts'

const principal = open({
  user_name: v.optional(v.string()),
  service_principal_name: v.optional(v.string()),
  group_name: v.optional(v.string()),
  permission_level: oneOf(permissionLevels, 'What the principal may do with the job.'),
})

/** Lists of objects, by the member of the settings. */
export const lists = {
  job_clusters: open({ job_cluster_key: said('Tasks name it by this.'), new_cluster: open({}) }),
  environments: open({ environment_key: said('Tasks name it by this.') }),
  parameters: open({
    name: said('Tasks get the value by {{job.parameters.NAME}}.'),
    default: v.optional(word('Unless a run is given another value.')),
  }),
}

/** Objects, by the member of the settings. */
export const objects = {
  schedule: open({
    quartz_cron_expression: said('Quartz: seconds first, e.g. 0 30 4 * * ?'),
    timezone_id: said('Time zone, e.g. Europe/Helsinki'),
    pause_status: v.optional(oneOf(['PAUSED', 'UNPAUSED'], 'Not declared: a paused schedule stays paused.')),
  }),
  queue: open({ enabled: truth('Runs wait instead of being skipped.') }),
  run_as: open({ user_name: v.optional(v.string()), service_principal_name: v.optional(v.string()) }),
}

const settingsWith = (task: v.GenericSchema) =>
  v.pipe(
    open({
      name: v.optional(said('Name of the job; by default its key under jobs.')),
      description: v.optional(word('For people.')),
      tasks: v.pipe(v.array(task), v.description('What runs, each with a task_key.')),
      job_clusters: v.optional(v.array(lists.job_clusters)),
      environments: v.optional(v.array(lists.environments)),
      parameters: v.optional(v.array(lists.parameters)),
      tags: v.optional(record(v.string(), v.string())),
      schedule: v.optional(objects.schedule),
      trigger: v.optional(open({})),
      continuous: v.optional(open({})),
      git_source: v.optional(open({})),
      max_concurrent_runs: v.optional(whole('How many runs at the same time; 0: all are skipped.')),
      timeout_seconds: v.optional(whole('0: none.')),
      queue: v.optional(objects.queue),
      run_as: v.optional(objects.run_as),
      access_control_list: v.optional(v.array(principal)),
      email_notifications: v.optional(alerts.email_notifications),
      webhook_notifications: v.optional(alerts.webhook_notifications),
      notification_settings: v.optional(alerts.notification_settings),
      health: v.optional(alerts.health),
    }),
    v.title('Settings of a job'),
    v.description('Body of jobs/create: https://docs.databricks.com/api/workspace/jobs/create'),
  )

/** The settings with tasks that are maps: each is checked on its own, under its own name. */
export const settingsSchema = settingsWith(open({}))

/** pipelines/jobs/*.json as a whole, for editors: open, because Databricks adds fields; what it has is checked. */
export const jobSchema = settingsWith(taskTreeSchema)
