import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createLocalCompute } from '../../src/compute/local.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { bin, installPeers, run } from './peers.ts'

/** The cases of runs_session.py and what the SDK must have made of our answers. */
const expected: Record<string, unknown> = {
  file: {
    states: expect.arrayContaining(['PENDING', 'RUNNING']),
    result: 'SUCCESS',
    logs: ["args ['80', 'RUN'] 42 blue", '[REDACTED]'],
    written: '15.4',
    cluster: true,
  },
  job: {
    result: 'SUCCESS',
    exit: 'depth=80',
    parameters: [['depth', '10', '80']],
    listed: true,
  },
  wheel_task: ['SUCCESS', "hello ['a', 'b']\n"],
  failure: {
    told: {
      error: 'OperationFailed',
      message: expect.stringContaining(
        'Task main failed with message: Workload failed, see run output for details.',
      ),
    },
    state: ['INTERNAL_ERROR', 'FAILED'],
    error: 'ValueError: no depth',
    trace: true,
  },
  missing_notebook: {
    error: 'OperationFailed',
    message: expect.stringContaining('Unable to access the notebook "/Shared/none"'),
  },
  cancel: ['TERMINATED', 'CANCELED', 'begun\n'],
  graph: {
    results: { if: 'SUCCESS', yes: 'SUCCESS', no: 'EXCLUDED' },
    several:
      'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
  },
  unknown: [
    { error: 'ResourceDoesNotExist', message: 'Run 9 does not exist.' },
    { error: 'InvalidParameterValue', message: 'Job 9 does not exist.' },
  ],
}

describe('runs by the Databricks SDK for Python', () => {
  let cases: Record<string, unknown> = {}
  beforeAll(async () => {
    await installPeers()
    const state = mkdtempSync(join(tmpdir(), 'brickrail-runs-sdk-'))
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: state, LC_ALL: 'C.UTF-8' }
    const places = { folder: join(state, 'runs'), cache: join(state, 'cache') }
    const compute = await createLocalCompute({ ...places, env: { ...process.env, HOME: state } })
    const emulator = createEmulator({ clock: 'instant', state, compute })
    const { url } = await emulator.listen()
    const script = join(import.meta.dirname, 'runs_session.py')
    const ran = await run(bin('python'), [script, url, emulator.token], env, state)
    await emulator.close()
    rmSync(state, { recursive: true, force: true })
    if (ran.status !== 0) throw new Error(`runs_session.py ended with ${ran.status}:\n${ran.stderr}`)
    cases = JSON.parse(ran.stdout)
  }, 300_000)

  it('ran every case that is expected, and no other', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(expected).sort())
  })

  it.each(Object.keys(expected))('%s', (name) => {
    expect(cases[name]).toEqual(expected[name])
  })
})
