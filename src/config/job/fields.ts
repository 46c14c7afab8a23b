/** What is known of Jobs API 2.2: https://docs.databricks.com/api/workspace/jobs/create. Others pass through with a warning. */

/** Fields that say what a task runs; a task has exactly one. */
export const taskTypes: readonly string[] = [
  'notebook_task',
  'spark_python_task',
  'python_wheel_task',
  'spark_jar_task',
  'spark_submit_task',
  'pipeline_task',
  'sql_task',
  'dbt_task',
  'dbt_cloud_task',
  'dbt_platform_task',
  'run_job_task',
  'condition_task',
  'for_each_task',
  'clean_rooms_notebook_task',
  'dashboard_task',
  'alert_task',
  'power_bi_task',
  'gen_ai_compute_task',
  'python_operator_task',
]

/** Of these the service wants a cluster or a serverless environment; the others bring their own compute. */
export const needCompute: ReadonlySet<string> = new Set([
  'notebook_task',
  'spark_python_task',
  'python_wheel_task',
  'spark_jar_task',
  'spark_submit_task',
])

/** Of these the service takes one that names no compute, where serverless is on: it then runs there. */
export const runServerless: ReadonlySet<string> = new Set(['notebook_task'])

/** Ways to name it; one at most, but an environment may stand beside a `compute`. */
export const computes: readonly string[] = [
  'existing_cluster_id',
  'new_cluster',
  'job_cluster_key',
  'environment_key',
]

export const taskFields: readonly string[] = [
  'task_key',
  'description',
  'depends_on',
  'run_if',
  'disabled',
  ...computes,
  'compute',
  'libraries',
  'max_retries',
  'min_retry_interval_millis',
  'retry_on_timeout',
  'disable_auto_optimization',
  'timeout_seconds',
  'health',
  'email_notifications',
  'webhook_notifications',
  'notification_settings',
  ...taskTypes,
]

export const settingsFields: readonly string[] = [
  'name',
  'description',
  'tasks',
  'job_clusters',
  'environments',
  'git_source',
  'parameters',
  'tags',
  'schedule',
  'trigger',
  'continuous',
  'max_concurrent_runs',
  'queue',
  'timeout_seconds',
  'health',
  'email_notifications',
  'webhook_notifications',
  'notification_settings',
  'run_as',
  'access_control_list',
  'format',
  'edit_mode',
  'deployment',
  'budget_policy_id',
  'usage_policy_id',
  'performance_target',
]

/** Of the answer of jobs/get, beside `settings`. */
export const answeredFields: readonly string[] = [
  'job_id',
  'created_time',
  'creator_user_name',
  'run_as_user_name',
  'run_as_owner',
  'effective_budget_policy_id',
  'effective_usage_policy_id',
  'has_more',
  'next_page_token',
]

/** Jobs API 2.0: the task stood in the settings themselves. */
export const legacyFields: readonly string[] = [
  ...taskTypes.slice(0, 5),
  'existing_cluster_id',
  'new_cluster',
  'libraries',
  'max_retries',
  'min_retry_interval_millis',
  'retry_on_timeout',
]

export const permissionLevels: readonly string[] = ['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER']
