import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/http/clock.ts'
import { createHarness } from '../support/harness.ts'
import { build, runDeploy, type Blow, type Ended } from './child.ts'
import { recordsIn } from './probe.ts'
import { expectExit } from './story.ts'
import { at, configOf, specOf } from './scenarios.ts'
import { normalised, openWorkspace, type Workspace } from './workspace.ts'

build()
const harness = createHarness({
  [at.config]: configOf(),
  [at.spec]: specOf(),
  [at.libraries]: 'pypi: [yfinance==0.2.1]\n',
  'workspace/main.py': 'print(1)\n',
  'workspace/train.py': '# Databricks notebook source\n1\n',
})
afterAll(() => harness.close())

const deploy = async ({ emulator }: Workspace, blow?: Blow): Promise<Ended> =>
  await runDeploy(harness.folder, { fetch: emulator.fetch, token: emulator.token }, blow)

const undisturbed = async () => {
  const workspace = openWorkspace()
  const { exit, calls, stderr } = await deploy(workspace)
  expectExit({ exit, stderr }, 0)
  const final = await normalised(workspace)
  workspace.close()
  return { calls, final }
}

const { calls, final } = await undisturbed()
const numbers = Array.from({ length: calls }, (_, index) => index + 1)
const kinds: readonly Omit<Blow, 'call'>[] = [
  { signal: 'SIGKILL', when: 'before' },
  { signal: 'SIGKILL', when: 'after' },
  { signal: 'SIGINT', when: 'before' },
  { signal: 'SIGTERM', when: 'before' },
]

const blowsOf = (step: number): Blow[] =>
  kinds.flatMap((kind, index) =>
    numbers.filter((call) => (call + index) % step === 0).map((call) => ({ ...kind, call })),
  )

/** At once: nobody waits for the lock of a process that is known to be dead, or that has said that it stops. */
const goesOn = async (workspace: Workspace): Promise<void> => {
  const { fetch } = workspace.emulator
  const ran = await harness.run('deploy', [], { fetch, clock: { ...systemClock, now: () => Date.now() } })
  expectExit(ran, 0)
  expect(await normalised(workspace)).toEqual(final)
}

/** In a word; with all that it said when it is neither. */
const endOf = ({ exit, stderr }: Ended, signal: NodeJS.Signals): string => {
  if (exit === 0) return 'done'
  const stopped = new RegExp(`error: stopped by ${signal}.*\\n\\s+what to do: \\w+`).test(stderr)
  return exit === 4 && stopped ? 'stopped' : `${exit}: ${stderr}`
}

/** A real process, hit by every signal at every call, or one of `step` of them: each signal and each call has its turn all the same. */
export const processMatrix = ({ step }: { step: number }) =>
  describe('a process at work', () => {
    const blows = blowsOf(step)
    it('has some calls to be hit at', () => expect(calls).toBeGreaterThan(10))

    it.concurrent.for(blows.filter(({ signal }) => signal === 'SIGKILL'))(
      'is killed $when call $call',
      async (blow) => {
        const workspace = openWorkspace()
        const hit = await deploy(workspace, blow)
        expect(hit).toMatchObject({ exit: null, signal: 'SIGKILL' })
        await goesOn(workspace)
        workspace.close()
      },
    )

    it.concurrent.for(blows.filter(({ signal }) => signal !== 'SIGKILL'))(
      'stops in good order at $signal on call $call',
      async (blow) => {
        const workspace = openWorkspace()
        const hit = await deploy(workspace, blow)
        const [record] = recordsIn(workspace.store)
        // When all is done but the last read and the record's last word, that may still be said.
        const done = blow.call >= calls - 1 ? ['done done'] : []
        const ended = `${endOf(hit, blow.signal)} ${record?.status ?? 'before the record'}`
        expect(ended).toBeOneOf([...done, 'stopped interrupted', 'stopped before the record'])
        await goesOn(workspace)
        workspace.close()
      },
    )
  })
