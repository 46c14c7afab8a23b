import type { Harness } from '../support/harness.ts'
import { at, configOf, type Scenario } from './scenarios.ts'
import type { Workspace } from './workspace.ts'

const settingsOf = (name: string, fields: object = {}): string =>
  JSON.stringify({
    name,
    schedule: { quartz_cron_expression: '0 0 4 * * ?', timezone_id: 'UTC' },
    tasks: [
      {
        task_key: 'main',
        existing_cluster_id: '${clusters.Main.id}',
        spark_python_task: { python_file: '/Workspace/Shared/Tiny/main.py' },
        ...fields,
      },
    ],
  })

const declare = (harness: Harness, jobs: Readonly<Record<string, string>>): void => {
  const lines = Object.keys(jobs).map((key) => `  ${key}: jobs/${key}.json`)
  harness.write(at.config, `${configOf()}jobs:\n${lines.join('\n')}\n`)
  for (const [key, settings] of Object.entries(jobs)) harness.write(`pipelines/jobs/${key}.json`, settings)
}

const grants = { access_control_list: [{ group_name: 'users', permission_level: 'CAN_VIEW' }] }

const withGrants = (settings: string): string => JSON.stringify({ ...JSON.parse(settings), ...grants })

const deployed = async (_: Harness, __: Workspace, run: () => Promise<void>): Promise<void> => await run()

/** The deployment of jobs, on a cluster that is there already. */
export const jobScenarios: readonly Scenario[] = [
  {
    name: 'new jobs',
    command: 'deploy-jobs',
    prepare: deployed,
    change: (harness) => declare(harness, { train: settingsOf('Train'), score: settingsOf('Score') }),
  },
  {
    name: 'changed jobs',
    command: 'deploy-jobs',
    prepare: async (harness, _, run) => {
      declare(harness, { train: settingsOf('Train'), score: settingsOf('Score') })
      await run()
    },
    change: (harness) => declare(harness, { train: withGrants(settingsOf('Train', { max_retries: 2 })) }),
  },
]
