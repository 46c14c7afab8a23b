import { describe, expect, it } from 'vitest'
import { failureOf } from '../../src/cli/run/result.ts'
import { seenOf, tasksSeen } from '../../src/cli/run/state.ts'
import type { TaskReport } from '../../src/cli/run/tasks.ts'
import type { JobRun, RunState, RunStatus, RunTask } from '../../src/wire/runs.ts'

type Given = { state?: RunState; status?: RunStatus }

describe('the state of a run', () => {
  const state = (life: RunState['life_cycle_state'], result?: RunState['result_state']): Given => ({
    state: { life_cycle_state: life, ...(result ? { result_state: result } : {}) },
  })
  const status = (code?: string): Given => ({
    status: {
      state: 'TERMINATED',
      ...(code ? { termination_details: { code, type: 'CLIENT_ERROR', message: 'why' } } : {}),
    },
  })
  /** Only one of all that can be is a success. */
  const rows: [Given, string, boolean, boolean][] = [
    [state('TERMINATED', 'SUCCESS'), 'SUCCESS', true, true],
    [state('TERMINATED', 'FAILED'), 'FAILED', true, false],
    [state('TERMINATED', 'TIMEDOUT'), 'TIMEDOUT', true, false],
    [state('TERMINATED', 'CANCELED'), 'CANCELED', true, false],
    [state('TERMINATED', 'SUCCESS_WITH_FAILURES'), 'SUCCESS_WITH_FAILURES', true, false],
    [state('TERMINATED', 'UPSTREAM_FAILED'), 'UPSTREAM_FAILED', true, false],
    [state('TERMINATED', 'EXCLUDED'), 'EXCLUDED', true, false],
    [state('TERMINATED', 'DISABLED'), 'DISABLED', true, false],
    [state('TERMINATED'), 'TERMINATED without a result', true, false],
    [state('SKIPPED'), 'SKIPPED', true, false],
    [state('SKIPPED', 'MAXIMUM_CONCURRENT_RUNS_REACHED'), 'MAXIMUM_CONCURRENT_RUNS_REACHED', true, false],
    [state('SKIPPED', 'SUCCESS'), 'SKIPPED', true, false],
    [state('INTERNAL_ERROR'), 'INTERNAL_ERROR', true, false],
    [state('INTERNAL_ERROR', 'SUCCESS'), 'INTERNAL_ERROR', true, false],
    [state('RUNNING'), 'RUNNING', false, false],
    [state('PENDING'), 'PENDING', false, false],
    [state('QUEUED'), 'QUEUED', false, false],
    [state('BLOCKED'), 'BLOCKED', false, false],
    [state('TERMINATING', 'SUCCESS'), 'TERMINATING', false, false],
    [state('WAITING_FOR_RETRY', 'FAILED'), 'WAITING_FOR_RETRY', false, false],
    [status('SUCCESS'), 'SUCCESS', true, true],
    [status('RUN_EXECUTION_ERROR'), 'RUN_EXECUTION_ERROR', true, false],
    [status(), 'TERMINATED without a result', true, false],
    [{ status: { state: 'RUNNING' } }, 'RUNNING', false, false],
  ]
  it.each(rows)('%j: %s', (given, word, ended, success) => {
    expect(seenOf(given)).toMatchObject({ word, ended, success })
  })

  it('is unknown when the workspace gives none', () => {
    expect(seenOf({})).toBeUndefined()
    // As a server may answer, whatever the types say.
    expect(seenOf(JSON.parse('{"state": {}}') as Given)).toBeUndefined()
    expect(seenOf(JSON.parse('{"state": null, "status": {}}') as Given)).toBeUndefined()
  })
})

describe('tasks of a run', () => {
  const task = (key: string, id: number, attempt: number, result: RunState['result_state']): RunTask => ({
    task_key: key,
    run_id: id,
    attempt_number: attempt,
    state: { life_cycle_state: 'TERMINATED', ...(result ? { result_state: result } : {}) },
    start_time: 1000,
    end_time: 3500,
  })

  it('are their newest attempts', () => {
    const run: JobRun = {
      run_id: 1,
      tasks: [task('b', 3, 1, 'SUCCESS'), task('a', 2, 0, 'SUCCESS'), task('b', 4, 0, 'FAILED')],
    }
    expect(
      tasksSeen(run).map(({ key, id, attempts, word, tookMs }) => [key, id, attempts, word, tookMs]),
    ).toEqual([
      ['b', 3, 2, 'SUCCESS', 2500],
      ['a', 2, 1, 'SUCCESS', 2500],
    ])
  })

  it('of a run without tasks are the run itself', () => {
    const run: JobRun = { run_id: 7, run_name: 'old', state: { life_cycle_state: 'RUNNING' } }
    expect(tasksSeen(run)).toMatchObject([{ key: 'old', id: 7, word: 'RUNNING', ended: false }])
  })
})

describe('why a run has failed', () => {
  const report = (key: string, state: string, error?: string): TaskReport => ({
    task_key: key,
    run_id: 2,
    state,
    success: state === 'SUCCESS',
    attempts: 1,
    ...(error === undefined ? {} : { error }),
  })
  const failure = (word: string, tasks: TaskReport[], message = ''): string | undefined =>
    failureOf({ target: { name: 'dev', protected: false }, defaultTarget: 'dev' }, 'job train', {
      run: { run_id: 9_007_199_254_740_993n },
      seen: { word, ended: true, success: word === 'SUCCESS', message },
      tasks,
    })?.message

  const rows: [string, string | undefined, string | undefined][] = [
    ['SUCCESS', failure('SUCCESS', [report('a', 'SUCCESS'), report('b', 'EXCLUDED')]), undefined],
    [
      'the task that failed by itself, not those that followed',
      failure('FAILED', [
        report('c', 'UPSTREAM_FAILED', 'upstream'),
        report('a', 'FAILED', 'ValueError: no\nmore'),
      ]),
      'run 9007199254740993 of job train ended FAILED: task a: ValueError: no',
    ],
    [
      'what the workspace says, when no task does',
      failure('MAXIMUM_CONCURRENT_RUNS_REACHED', [], 'too many'),
      'run 9007199254740993 of job train ended MAXIMUM_CONCURRENT_RUNS_REACHED: too many',
    ],
    [
      'nothing is known',
      failure('INTERNAL_ERROR', []),
      'run 9007199254740993 of job train ended INTERNAL_ERROR',
    ],
  ]
  it.each(rows)('%s', (_name, found, expected) => expect(found).toBe(expected))
})
