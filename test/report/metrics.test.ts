import { expect, it } from 'vitest'
import { metrics } from '../../src/report/metrics.ts'
import { clusterChange, filesChange, planOf } from './samples.ts'

const outcome = { command: 'deploy', ok: true, exit: 0, warnings: [] }
const times = { tasks: [], startedAt: 1_000_000, endedAt: 1_012_345 }

/** As GitLab reads it (Parsers::Metrics::Generic): no comments, split as a shell would, name and value. */
const read = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.replace(/#.*$/, '').trim())
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', value = '', ...rest] = line.replaceAll('"', '').split(/\s+/)
        expect(rest).toEqual([])
        return [name, value]
      }),
  )

it('a deployment in numbers', () => {
  const numpy = { pypi: { package: 'numpy' } }
  const plan = planOf({
    clusters: [
      clusterChange({ action: 'edit', restart: true, install: [numpy], uninstall: [numpy] }),
      clusterChange({ key: 'b', install: [numpy] }),
    ],
    files: filesChange({ add: ['a', 'b'], update: ['c'], delete: ['d'] }),
    steps: [{ do: 'files.mkdirs', paths: ['/a'] }],
  })
  const warnings = [{ message: 'old' }]
  expect(read(metrics({ outcome: { ...outcome, plan, warnings }, ...times }))).toEqual({
    'brickrail_changes{command=deploy,target=dev,kind=cluster}': '1',
    'brickrail_changes{command=deploy,target=dev,kind=library}': '3',
    'brickrail_changes{command=deploy,target=dev,kind=file}': '4',
    'brickrail_restarts{command=deploy,target=dev}': '1',
    'brickrail_uploads{command=deploy,target=dev}': '3',
    'brickrail_deletes{command=deploy,target=dev}': '1',
    'brickrail_steps{command=deploy,target=dev}': '1',
    'brickrail_warnings{command=deploy,target=dev}': '1',
    'brickrail_faults{command=deploy,target=dev}': '0',
    'brickrail_exit_code{command=deploy,target=dev}': '0',
    'brickrail_duration_seconds{command=deploy,target=dev}': '12.345',
  })
})

it('a run that got to no plan: what it is, and where the text ends', () => {
  const fault = { file: 'a', line: 1, column: 1, rule: 'r', message: 'm' }
  const failure = { code: 'CONFIG_INVALID', message: 'm', hint: 'h', faults: [fault, fault] }
  expect(metrics({ outcome: { ...outcome, ok: false, exit: 2, failure }, ...times })).toBe(
    [
      '# TYPE brickrail_warnings gauge',
      '# HELP brickrail_warnings Warnings of the run.',
      'brickrail_warnings{command="deploy"} 0',
      '# TYPE brickrail_faults gauge',
      "# HELP brickrail_faults Faults in the project's files.",
      'brickrail_faults{command="deploy"} 2',
      '# TYPE brickrail_exit_code gauge',
      '# HELP brickrail_exit_code Exit code of the command.',
      'brickrail_exit_code{command="deploy"} 2',
      '# TYPE brickrail_duration_seconds gauge',
      '# HELP brickrail_duration_seconds Duration of the command.',
      'brickrail_duration_seconds{command="deploy"} 12.345',
      '# EOF',
      '',
    ].join('\n'),
  )
})

it('a name with quotes, spaces and # cannot break a line', () => {
  const plan = planOf({ target: 'de"v #1\n' })
  const names = Object.keys(read(metrics({ outcome: { ...outcome, plan }, ...times })))
  expect(names).toHaveLength(11)
  expect(names[0]).toBe('brickrail_changes{command=deploy,target=de_v__1_,kind=cluster}')
})
