import { describe, expect, it } from 'vitest'
import type { World } from '../../src/cli/script.ts'
import { Fail } from '../../src/errors.ts'
import type { Harness } from '../support/harness.ts'
import { deployed } from './runnable.ts'

const urlOf = (input: Parameters<typeof fetch>[0]): string =>
  input instanceof Request ? input.url : input.toString()

/** A workspace whose answers to runs/get are these, from the n-th on. */
const answering = (harness: Harness, from: number, answer: () => Response): Partial<World> => {
  let calls = 0
  return {
    fetch: async (input, init) => {
      if (!urlOf(input).includes('/jobs/runs/get?')) return await harness.emulator.fetch(input, init)
      calls += 1
      return calls < from ? await harness.emulator.fetch(input, init) : answer()
    },
  }
}
const json =
  (body: object, status = 200) =>
  () =>
    Response.json(body, { status })
const gone = { error_code: 'INVALID_PARAMETER_VALUE', message: 'Run 5 does not exist.' }

describe('a run that nobody can tell the end of is red', () => {
  it.each<[string, () => Response, number, string]>([
    ['no state', json({ run_id: 5 }), 8, 'the workspace answered without a state'],
    ['an empty state', json({ run_id: 5, state: {} }), 8, 'the workspace answered without a state'],
    ['it is gone', json(gone, 400), 8, 'it is no longer there'],
    [
      'ended without a result',
      json({ run_id: 5, state: { life_cycle_state: 'TERMINATED' } }),
      8,
      'TERMINATED without a result',
    ],
    [
      'too many at once',
      json({
        run_id: 5,
        state: { life_cycle_state: 'SKIPPED', result_state: 'MAXIMUM_CONCURRENT_RUNS_REACHED' },
      }),
      8,
      'raise max_concurrent_runs',
    ],
    [
      'a login page',
      () => new Response('<html>Sign in</html>', { headers: { 'content-type': 'text/html' } }),
      4,
      'not JSON',
    ],
  ])('%s', async (_name, answer, exit, says) => {
    const harness = await deployed()
    const ran = await harness.run('run', ['good'], answering(harness, 2, answer))
    expect([ran.exit, ran.stderr]).toEqual([exit, expect.stringContaining(says)])
  })
})

/** As long as the run is not cancelled it goes on; then it takes two more looks until it has ended. */
const endless = (harness: Harness, onLook: (look: number) => void) => {
  const seen = { looks: 0, cancelled: 0, after: 0 }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = urlOf(input)
    if (url.endsWith('/jobs/runs/cancel')) seen.cancelled += 1
    if (!url.includes('/jobs/runs/get?')) return await harness.emulator.fetch(input, init)
    seen.looks += 1
    if (seen.cancelled > 0) seen.after += 1
    onLook(seen.looks)
    const ended = seen.after > 2
    const state = ended
      ? { life_cycle_state: 'TERMINATED', result_state: 'CANCELED' }
      : { life_cycle_state: seen.cancelled > 0 ? 'TERMINATING' : 'RUNNING' }
    return Response.json({ run_id: 5, state })
  }
  return { seen, fetch }
}

describe('a run that is ended from here', () => {
  it('by the time limit is cancelled and waited for: exit 7', async () => {
    const harness = await deployed()
    const { seen, fetch } = endless(harness, () => undefined)
    const ran = await harness.run('run', ['good', '--timeout', '60'], { fetch })
    expect([ran.exit, ran.stderr]).toEqual([
      7,
      expect.stringMatching(/run \d+ was cancelled and has ended CANCELED/),
    ])
    expect([seen.cancelled, seen.after]).toEqual([1, 3])
  })

  it('by a signal is cancelled and waited for: exit 4', async () => {
    const harness = await deployed()
    const stop = new AbortController()
    const { seen, fetch } = endless(harness, (look) => {
      if (look === 3) stop.abort(new Fail('INTERRUPTED', { signal: 'SIGTERM', what: 'the step has ended' }))
    })
    const ran = await harness.run('run', ['good'], { fetch, stop: stop.signal })
    expect([ran.exit, ran.stderr]).toEqual([
      4,
      expect.stringMatching(
        /stopped by SIGTERM: run \d+ was cancelled and has ended CANCELED\n.*the same command starts anew/,
      ),
    ])
    expect([seen.cancelled, seen.after]).toEqual([1, 3])
  })
})
