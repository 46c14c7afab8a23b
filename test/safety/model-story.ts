import { expect } from 'vitest'
import type { RegistryKind } from '../../src/plan/state-policy.ts'
import { createHarness, inCi, type Harness } from '../support/harness.ts'
import { faults, type Fault } from './faults.ts'
import { createModelProbe, promotionsIn } from './model-probe.ts'
import { openStage, projectOf, type Stage } from './model-stage.ts'
import { expectExit, forgetAfter, openTelling, type Story } from './story.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

interface ModelScenario {
  name: string
  command: string
  args?: string[]
  /** Runs a command that must succeed. */
  prepare: (stage: Stage, run: (command: string, ...args: string[]) => Promise<void>) => Promise<void>
}

const released: ModelScenario['prepare'] = async (stage, run) => {
  await stage.version(0.9)
  await run('promote', '--to', 'staging')
  await run('promote', '--to', 'production')
  await stage.version(0.95, '1')
  await run('promote', '--to', 'staging')
}

/** What promotions there are: every call of each is a case of the matrices. */
export const modelScenarios: readonly ModelScenario[] = [
  {
    // The first that the ledger hears of this model, and the registry of this project.
    name: 'to staging',
    command: 'promote',
    args: ['--to', 'staging'],
    prepare: async (stage) => void (await stage.version(0.9)),
  },
  {
    name: 'first release',
    command: 'promote',
    args: ['--to', 'production'],
    prepare: async (stage, run) => {
      await stage.version(0.9)
      await run('promote', '--to', 'staging')
    },
  },
  { name: 'a new champion', command: 'promote', args: ['--to', 'production'], prepare: released },
  {
    name: 'a request is open',
    command: 'promote',
    args: ['--to', 'production'],
    prepare: async (stage, run) => {
      await released(stage, run)
      await stage.registry.requests?.create(stage.name, '2', 'production', 'please')
    },
  },
  {
    name: 'rollback',
    command: 'rollback-model',
    // Without a number it goes one further back each time it is run.
    args: ['--model', 'prices', '--version', '1'],
    prepare: async (stage, run) => {
      await released(stage, run)
      await run('promote', '--to', 'production')
    },
  },
]

/** The registry, and what the ledger says that is done; how often it was tried is not compared. */
const look =
  (kind: RegistryKind) =>
  async ({ emulator, store }: Workspace) => {
    const { registry, name } = await openStage(kind, emulator)
    const versions = await registry.versions(name)
    const done = promotionsIn(store).filter(({ status }) => status === 'done')
    const last = (place: string) =>
      done.findLast(({ promotion }) => promotion.place === place)?.promotion.version
    const requests = await Promise.all(
      versions.map(async ({ version }) => await registry.requests?.list(name, version)),
    )
    return {
      versions: versions.map(({ version, stage, aliases }) => ({ version, stage, aliases })),
      requests: requests.flatMap((open) => open ?? []),
      done: { staging: last('staging'), production: last('production') },
    }
  }

const prepare = async (scenario: ModelScenario, kind: RegistryKind, harness: Harness): Promise<string> => {
  const workspace = openWorkspace()
  const { fetch } = workspace.emulator
  const run = async (command: string, ...args: string[]) =>
    expectExit(await harness.run(command, args, { fetch, env: inCi(harness) }), 0)
  await scenario.prepare(await openStage(kind, workspace.emulator), run)
  const origin = workspace.snapshot()
  workspace.close()
  return origin
}

const tellOne = async (scenario: ModelScenario, kind: RegistryKind): Promise<Story> => {
  const harness = createHarness(projectOf(kind))
  const origin = await prepare(scenario, kind, harness)
  const retell = () =>
    openTelling({ ...scenario, harness, origin, watch: ({ store }) => createModelProbe(store) })
  const telling = retell()
  expectExit(await telling.run(), 0)
  expect(telling.probe.broken).toEqual([])
  const { calls } = telling
  const final = await look(kind)(telling.workspace)
  telling.close()
  const name = `${scenario.name}, ${kind}`
  return { scenario: { name }, harness, origin, calls, retell, look: look(kind), final, proven: new Set() }
}

/** The stories of these names on a registry, told now, and forgotten with the test file. */
export const tellModels = async (kind: RegistryKind, names: readonly string[]): Promise<Story[]> => {
  const stories: Story[] = []
  for (const scenario of modelScenarios)
    if (names.includes(scenario.name)) stories.push(await tellOne(scenario, kind))
  expect(stories).toHaveLength(names.length)
  forgetAfter(stories)
  return stories
}

/** Who may not move a version has a request filed, where there are such. */
export const modelFaults: readonly Fault[] = faults.map((fault) =>
  fault.name === '403' ? { ...fault, exits: [0, 5, 9] } : fault,
)
