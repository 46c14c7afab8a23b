import { describe, expect, it } from 'vitest'
import { assertDeclared, tellJob, toldOf, type Parameters } from '../../src/cli/run/parameters.ts'
import { Fail } from '../../src/errors.ts'
import type { JobSettings, JobTask } from '../../src/wire/jobs.ts'

const file = (...parameters: string[]): JobTask => ({
  task_key: 'file',
  spark_python_task: { python_file: 'dbfs:/a.py', ...(parameters.length > 0 ? { parameters } : {}) },
})
const notebook: JobTask = { task_key: 'book', notebook_task: { notebook_path: '/a' } }
const wheel: JobTask = { task_key: 'wheel', python_wheel_task: { package_name: 'a', entry_point: 'b' } }
const condition: JobTask = { task_key: 'if', condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } }

/** The parameters of the tutorial's training, as they are given to `run`. */
const given: Parameters = { max_depth: '80', n_estimators: '100' }
const words = ['--max_depth', '80', '--n_estimators', '100']
const declared: JobSettings['parameters'] = [
  { name: 'max_depth', default: '5' },
  { name: 'n_estimators', default: '10' },
]

describe('parameters of a job', () => {
  const rows: [string, JobSettings, Parameters, object][] = [
    ['none given', { tasks: [file('--a', '1')], parameters: declared }, {}, {}],
    [
      'declared by the job, whatever its tasks are',
      { tasks: [file(), notebook], parameters: declared },
      given,
      { job_parameters: given },
    ],
    ['a notebook', { tasks: [notebook] }, given, { notebook_params: given }],
    ['a Python file', { tasks: [file()] }, given, { python_params: words }],
    [
      'a Python file with words of its own: those of other names stay',
      { tasks: [file('71', '--max_depth', '5', '--seed', '1')] },
      given,
      { python_params: ['71', '--max_depth', '80', '--seed', '1', '--n_estimators', '100'] },
    ],
    [
      'a word that ends the list is no pair',
      { tasks: [file('--max_depth')] },
      { max_depth: '80' },
      { python_params: ['--max_depth', '--max_depth', '80'] },
    ],
    [
      'two Python files without words of their own',
      { tasks: [file(), file()] },
      given,
      { python_params: words },
    ],
    ['a wheel', { tasks: [wheel] }, given, { python_named_params: given }],
    [
      'several kinds',
      { tasks: [notebook, file(), wheel, condition] },
      given,
      { notebook_params: given, python_params: words, python_named_params: given },
    ],
    [
      'a task that is repeated',
      { tasks: [{ task_key: 'each', for_each_task: { task: notebook } }] },
      given,
      { notebook_params: given },
    ],
    [
      'Jobs API 2.0: one task as the job itself',
      { notebook_task: { notebook_path: '/a' } },
      given,
      { notebook_params: given },
    ],
    [
      'the JSON of the tutorial as one value',
      { tasks: [notebook], parameters: [{ name: 'conf', default: '' }] },
      { conf: '{"max_depth": 80, "n_estimators": 100}' },
      { job_parameters: { conf: '{"max_depth": 80, "n_estimators": 100}' } },
    ],
  ]
  it.each(rows)('%s', (_name, settings, parameters, told) => {
    expect(tellJob('the job train', settings, parameters)).toEqual(told)
  })

  const refused = (work: () => void): string => {
    try {
      work()
      return 'not refused'
    } catch (error) {
      return error instanceof Fail ? `${error.code}: ${error.message}; ${error.hint}` : String(error)
    }
  }

  it('a name that is not declared is refused, with the one that was meant', () => {
    const settings = { tasks: [file()], parameters: declared }
    expect(refused(() => assertDeclared('the job train', settings, { max_dept: '80' }))).toBe(
      'USAGE: the job train has no parameter «max_dept»; did you mean «max_depth»?',
    )
  })

  it('two Python files with words of their own: which of them are to stay is not to be told', () => {
    expect(refused(() => tellJob('the job train', { tasks: [file('--a', '1'), file()] }, given))).toMatch(
      /^USAGE: the job train has 2 Python files with parameters of their own.*\{\{job\.parameters\.name\}\}$/,
    )
  })

  it('a job in which nothing takes parameters refuses them', () => {
    expect(refused(() => tellJob('the job train', { tasks: [condition] }, given))).toBe(
      'USAGE: no task of the job train takes parameters; declare `parameters` in the job, or leave --param out',
    )
  })
})

describe('with what a run was started', () => {
  it.each<[string, object, Parameters]>([
    ['nothing', {}, {}],
    [
      'job parameters, given or not',
      {
        job_parameters: [
          { name: 'depth', default: '1', value: '80' },
          { name: 'trees', default: '100' },
        ],
      },
      { depth: '80', trees: '100' },
    ],
    ['widgets', { overriding_parameters: { notebook_params: { depth: '80' } } }, { depth: '80' }],
    [
      'words',
      { overriding_parameters: { python_params: ['in.csv', '--depth', '80', '--trees=100', '--last'] } },
      { '0': 'in.csv', depth: '80', trees: '100', last: '' },
    ],
  ])('%s', (_name, told, expected) => {
    expect(toldOf({ run_id: 1, ...told })).toEqual(expected)
  })
})
