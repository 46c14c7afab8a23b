import type { Plan } from '../plan/state.ts'
import type { RunRecord } from './run-record.ts'

interface Metric {
  name: string
  help: string
  samples: readonly { labels?: Readonly<Record<string, string>>; value: number }[]
}

const one = (name: string, help: string, value: number): Metric => ({ name, help, samples: [{ value }] })

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

/** Only of kinds that the plan is about, so that a project without them has no more lines than before. */
const ofCode = ({ packages, apps, jobs }: Plan): Record<string, number> =>
  Object.fromEntries(
    Object.entries({ package: packages, app: apps, job: jobs }).flatMap(([kind, changes]) =>
      changes ? [[kind, changes.filter(({ action }) => action !== 'none').length]] : [],
    ),
  )

const ofPlan = (plan: Plan): Metric[] => {
  const { clusters, files, steps } = plan
  const libraries = sum(clusters.map(({ install, uninstall }) => install.length + uninstall.length))
  const uploads = files ? files.add.length + files.update.length : 0
  const deletes = files?.delete.length ?? 0
  const changes = {
    cluster: clusters.filter(({ action }) => action !== 'none').length,
    library: libraries,
    file: uploads + deletes,
    ...ofCode(plan),
  }
  return [
    {
      name: 'brickrail_changes',
      help: 'Things that differ from what is declared, by kind.',
      samples: Object.entries(changes).map(([kind, value]) => ({ labels: { kind }, value })),
    },
    one('brickrail_restarts', 'Clusters that restart.', clusters.filter(({ restart }) => restart).length),
    one('brickrail_uploads', 'Files to upload.', uploads),
    one('brickrail_deletes', 'Files to delete.', deletes),
    one('brickrail_steps', 'Steps of the plan.', steps.length),
  ]
}

const ofRun = ({ outcome, startedAt, endedAt }: RunRecord): Metric[] => [
  one('brickrail_warnings', 'Warnings of the run.', outcome.warnings.length),
  one('brickrail_faults', "Faults in the project's files.", outcome.failure?.faults.length ?? 0),
  one('brickrail_exit_code', 'Exit code of the command.', outcome.exit),
  one('brickrail_duration_seconds', 'Duration of the command.', Math.round(endedAt - startedAt) / 1000),
]

/** No quote, no space, no `#`: GitLab splits a line as a shell would, and reads `#` anywhere as a comment. */
const plain = (value: string): string => value.replace(/[^\w.:/-]/g, '_')

const labelled = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${plain(value)}"`)
    .join(',')

/**
 * A run in numbers, as OpenMetrics text; GitLab shows them in a merge request beside those of the target branch.
 * https://docs.gitlab.com/ci/testing/metrics_reports/
 */
export const metrics = (record: RunRecord): string => {
  const { command, plan } = record.outcome
  const common = { command, ...(plan && { target: plan.target }) }
  const families = [...(plan ? ofPlan(plan) : []), ...ofRun(record)]
  const lines = families.flatMap(({ name, help, samples }) => [
    `# TYPE ${name} gauge`,
    `# HELP ${name} ${help}`,
    ...samples.map(({ labels, value }) => `${name}{${labelled({ ...common, ...labels })}} ${value}`),
  ])
  return `${[...lines, '# EOF'].join('\n')}\n`
}
