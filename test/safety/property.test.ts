import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import {
  createHarness,
  inCi,
  virtualClock,
  writes,
  type Ran,
  type Request,
  type VirtualClock,
} from '../support/harness.ts'
import { damage, damages } from './damage.ts'
import { deaths } from './deaths.ts'
import { createLine } from './line.ts'
import { expectExit, lockLife } from './story.ts'
import { project, write, type Project } from './projects.ts'
import { normalised, openWorkspace, type Workspace } from './workspace.ts'

const harness = createHarness({})
afterAll(() => harness.close())
const env = inCi(harness)

/** Printed by fast-check when a case fails; give it here to see that case again. */
const seed = 20_261_121
const options = { seed, endOnFailure: true }

const run = async ({ emulator }: Workspace, command: string, args: string[] = []): Promise<Ran> => {
  const ran = await harness.run(command, args, { fetch: emulator.fetch, env })
  expectExit(ran, 0)
  return ran
}

const deploy = async (workspace: Workspace, what: Project): Promise<Ran> => {
  write(harness, what)
  return await run(workspace, 'deploy')
}

/** What matters in the end: a library that goes with the next restart is as good as gone. */
const reached = async (workspace: Workspace) => {
  const { clusters, ...rest } = await normalised(workspace)
  const settled = clusters.map((cluster) => ({
    ...cluster,
    libraries: cluster.libraries.filter((library) => !library.endsWith('UNINSTALL_ON_RESTART')),
  }))
  return { ...rest, clusters: settled }
}

/** And whether it runs, and what is loaded, is not declared: a cluster may end by itself. */
const declared = async (workspace: Workspace) => {
  const { clusters, ...rest } = await reached(workspace)
  const still = clusters.map(({ libraries, ...cluster }) => ({
    ...cluster,
    state: 'any',
    libraries: libraries.map((library) => library.split(' ')[0]),
  }))
  return { ...rest, clusters: still }
}

const sinceThen = async ({ emulator }: Workspace): Promise<Request[]> => {
  const answer = await emulator.fetch('http://workspace.test/_emulator/requests')
  return ((await answer.json()) as { requests: Request[] }).requests
}

const touchesNothing = async (workspace: Workspace): Promise<void> => {
  await workspace.emulator.fetch('http://workspace.test/_emulator/requests', { method: 'DELETE' })
  await run(workspace, 'plan', ['--exit-code'])
  await run(workspace, 'deploy')
  expect(writes(await sinceThen(workspace))).toEqual([])
}

const inWorkspaces = async (count: number, work: (workspaces: Workspace[]) => Promise<void>) => {
  const workspaces = Array.from({ length: count }, () => openWorkspace())
  try {
    await work(workspaces)
  } finally {
    for (const workspace of workspaces) workspace.close()
  }
}

describe('for any two projects A and B', () => {
  it(
    'B after A is B, a second run touches nothing, and a rollback to A is A',
    { timeout: 120_000 },
    async () => {
      const told = fc.asyncProperty(project, project, async (a, b) => {
        await inWorkspaces(2, async ([both, alone]) => {
          if (!both || !alone) throw new Error('no workspace')
          await deploy(both, a)
          await touchesNothing(both)
          const before = await reached(both)
          await deploy(both, b)
          await touchesNothing(both)
          await deploy(alone, b)
          expect(await reached(both)).toEqual(await reached(alone))
          await run(both, 'rollback', ['--to', '1', '--yes'])
          expect(await reached(both)).toEqual(before)
        })
      })
      await fc.assert(told, { ...options, numRuns: 12 })
    },
  )
})

/** Deploy, and die at that call if the run comes to it; then wait until its lock has ended. */
const deployAndDie = async (workspace: Workspace, what: Project, call: number, clock: VirtualClock) => {
  write(harness, what)
  const { fetch } = workspace.emulator
  const line = createLine({ fetch, at: (at) => (at === call ? deaths.after : undefined) })
  const ran = await Promise.race([harness.run('deploy', [], { fetch: line.fetch, clock, env }), line.died])
  if (ran) expectExit(ran, 0)
  clock.advance(lockLife)
}

describe('for any three projects A, B and C', () => {
  const death = fc.integer({ min: 1, max: 40 })

  it('C is C, after runs of B and C have died anywhere on the way from A', { timeout: 120_000 }, async () => {
    const told = fc.asyncProperty(project, project, project, death, death, async (a, b, c, first, second) => {
      await inWorkspaces(2, async ([disturbed, alone]) => {
        if (!disturbed || !alone) throw new Error('no workspace')
        const clock = virtualClock()
        await deploy(disturbed, a)
        await deployAndDie(disturbed, b, first, clock)
        await deployAndDie(disturbed, c, second, clock)
        write(harness, c)
        const ran = await harness.run('deploy', [], { fetch: disturbed.emulator.fetch, clock, env })
        expectExit(ran, 0)
        await touchesNothing(disturbed)
        await deploy(alone, c)
        expect(await reached(disturbed)).toEqual(await reached(alone))
      })
    })
    await fc.assert(told, { ...options, numRuns: 18 })
  })
})

describe('for any project', () => {
  it('damage done by hand is repaired', { timeout: 120_000 }, async () => {
    const told = fc.asyncProperty(project, damages, async (what, list) => {
      await inWorkspaces(1, async ([workspace]) => {
        if (!workspace) throw new Error('no workspace')
        await deploy(workspace, what)
        const before = await declared(workspace)
        for (const one of list) await damage(workspace, one)
        await run(workspace, 'deploy')
        expect(await declared(workspace)).toEqual(before)
        await touchesNothing(workspace)
      })
    })
    await fc.assert(told, { ...options, numRuns: 18 })
  })
})
