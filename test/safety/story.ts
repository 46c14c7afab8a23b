import { rmSync } from 'node:fs'
import { afterAll, expect } from 'vitest'
import { inCi, writes, type Harness, type Ran, type Request, virtualClock } from '../support/harness.ts'
import type { VirtualClock } from '../support/harness.ts'
import { createLine, type At } from './line.ts'
import { createProbe, type Probe, recordsIn } from './probe.ts'
import { jobScenarios } from './jobs.ts'
import { createProject, root, scenarios, type Scenario } from './scenarios.ts'
import { normalised, openWorkspace, type Normalised, type Workspace } from './workspace.ts'

/** Shows what the run said when its end is not one of these. */
export const expectExit = (
  ran: (Pick<Ran, 'stderr'> & { exit: number | null }) | undefined,
  ...exits: number[]
): void => {
  const said = exits.includes(ran?.exit ?? -1) ? '' : ran?.stderr
  expect({ exit: ran?.exit, said }).toEqual({ exit: expect.toBeOneOf(exits), said: '' })
}

/** A scenario that was told once without disturbance, ready to be told again with one. */
export interface Story<Seen = unknown> {
  scenario: { name: string }
  harness: Harness
  /** Folder of the workspace at the beginning. */
  origin: string
  /** The calls of the undisturbed run. */
  calls: string[]
  /** A copy of its beginning. */
  retell: () => Telling
  /** What of a workspace two tellings have in common. */
  look: (workspace: Workspace) => Promise<Seen>
  final: Seen
  /** Fingerprints of the states after a death that are known to converge. */
  proven: Set<string>
}

/** A copy of the story's beginning. */
export interface Telling {
  workspace: Workspace
  clock: VirtualClock
  probe: Probe
  /** The command, with harm at some calls; undefined when the process died. */
  run(at?: At): Promise<Ran | undefined>
  /** Calls of the latest run. */
  calls: string[]
  /** Calls of the latest run that would change the workspace. */
  writes(): Promise<Request[]>
  close(): void
}

/** Longer than a lock lives without a sign of life. */
export const lockLife = 181_000

/** A beginning, and who looks on. */
interface Beginning {
  command: string
  args?: readonly string[] | undefined
  harness: Harness
  origin: string
  watch: (workspace: Workspace) => Probe
}

export const openTelling = ({ command, args = [], harness, origin, watch }: Beginning): Telling => {
  const workspace = openWorkspace(origin)
  const clock = virtualClock(Date.parse('2026-11-21T12:00:00Z') + lockLife)
  const { emulator } = workspace
  const probe = watch(workspace)
  const control = (init?: RequestInit) => emulator.fetch('http://workspace.test/_emulator/requests', init)
  const telling: Telling = {
    workspace,
    clock,
    probe,
    calls: [],
    run: async (at) => {
      await control({ method: 'DELETE' })
      const look = (call: string) => probe.look(clock.now(), call)
      const line = createLine({ fetch: emulator.fetch, look, ...(at ? { at } : {}) })
      telling.calls = line.calls
      const end = harness.run(command, [...args], { fetch: line.fetch, clock, env: inCi(harness) })
      return (await Promise.race([end, line.died])) ?? undefined
    },
    writes: async () => writes(((await (await control()).json()) as { requests: Request[] }).requests),
    close: () => workspace.close(),
  }
  return telling
}

const retell = (scenario: Scenario, harness: Harness, origin: string, lasting: readonly string[]): Telling =>
  openTelling({
    ...scenario,
    harness,
    origin,
    watch: ({ store }) =>
      createProbe({ store, root, lasting, gap: scenario.gap ?? false, emptied: scenario.emptied ?? false }),
  })

const objectsOf = ({ tree }: Normalised): string[] =>
  tree.map((line) => line.split(' ', 2).join(' ')).filter((line) => !line.endsWith(' DIRECTORY'))

const prepare = async (scenario: Scenario, harness: Harness): Promise<string> => {
  const workspace = openWorkspace()
  const run = async () => {
    const { exit, stderr } = await harness.run('deploy', [], { fetch: workspace.emulator.fetch })
    if (exit !== 0) throw new Error(stderr)
  }
  await scenario.prepare?.(harness, workspace, run)
  scenario.change?.(harness)
  const origin = workspace.snapshot()
  workspace.close()
  return origin
}

/** Tell the scenario once, undisturbed. */
export const tell = async (scenario: Scenario): Promise<Story<Normalised>> => {
  const harness = createProject()
  const origin = await prepare(scenario, harness)
  const telling = retell(scenario, harness, origin, [])
  const before = new Set(objectsOf(await normalised(telling.workspace)))
  // Reading has shown states; the story itself is told from a fresh copy.
  telling.close()
  const again = retell(scenario, harness, origin, [])
  const ran = await again.run()
  expectExit(ran, 0)
  const { calls } = again
  const final = await normalised(again.workspace)
  expect(again.probe.broken).toEqual([])
  again.close()
  const lasting = objectsOf(final).filter((at) => before.has(at))
  const begin = () => retell(scenario, harness, origin, lasting)
  return { scenario, harness, origin, calls, retell: begin, look: normalised, final, proven: new Set() }
}

/** The newest record is open: its run died, or has not ended. */
export const isLocked = ({ workspace }: Telling): boolean =>
  recordsIn(workspace.store).at(-1)?.status === 'open'

/** The command, undisturbed, must bring about the same end as an undisturbed story. */
export const repeats = async (story: Story, telling: Telling): Promise<unknown> => {
  const ran = await telling.run()
  expectExit(ran, 0)
  const reached = await story.look(telling.workspace)
  expect(reached).toEqual(story.final)
  expect(telling.probe.broken).toEqual([])
  return reached
}

/** And after that it has nothing to do. */
export const converges = async (story: Story, telling: Telling): Promise<unknown> => {
  const reached = await repeats(story, telling)
  const ran = await telling.run()
  expectExit(ran, 0)
  expect(await telling.writes()).toEqual([])
  return reached
}

/** The stories of these names, told now, and forgotten with the test file. */
export const tellAll = async (names: readonly string[]): Promise<Story<Normalised>[]> => {
  const stories: Story<Normalised>[] = []
  for (const scenario of [...scenarios, ...jobScenarios])
    if (names.includes(scenario.name)) stories.push(await tell(scenario))
  expect(stories.length).toBe(names.length)
  forgetAfter(stories)
  return stories
}

/** With the test file. */
export const forgetAfter = (stories: readonly Story[]): void =>
  afterAll(() =>
    stories.forEach(({ harness, origin }) => {
      harness.close()
      rmSync(origin, { recursive: true })
    }),
  )

/** The calls of a story, counted from 1. */
export const callsOf = ({ calls }: Story): { call: string; number: number }[] =>
  calls.map((call, index) => ({ call, number: index + 1 }))
