import { afterEach, describe, expect, it } from 'vitest'
import type { RegistryKind } from '../../src/plan/state-policy.ts'
import { createHarness, inCi, type Harness, type Ran } from '../support/harness.ts'
import { createLine, type At } from './line.ts'
import { deaths } from './deaths.ts'
import { createModelProbe, promotionsIn } from './model-probe.ts'
import { openStage, projectOf, type Stage } from './model-stage.ts'
import { expectExit, lockLife } from './story.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

let harness: Harness
let workspace: Workspace
afterEach(() => {
  harness.close()
  workspace.close()
})

const toProduction = ['--to', 'production']

interface Scene {
  stage: Stage
  run: (args: readonly string[], at?: At) => Promise<Ran | undefined>
  holders: () => Promise<string>
  told: () => string[]
}

/** Version 1 serves, version 2 is in staging, and a probe looks on. */
const begin = async (kind: RegistryKind): Promise<Scene & { broken: () => string[] }> => {
  harness = createHarness(projectOf(kind))
  workspace = openWorkspace()
  const { emulator, store } = workspace
  const stage = await openStage(kind, emulator)
  const probe = createModelProbe(store)
  const run: Scene['run'] = async ([command = 'promote', ...args], at) => {
    const look = (call: string) => probe.look(harness.clock.now(), call)
    const line = createLine({ fetch: emulator.fetch, look, ...(at ? { at } : {}) })
    const end = harness.run(command, args, { fetch: line.fetch, env: inCi(harness) })
    return (await Promise.race([end, line.died])) ?? undefined
  }
  await stage.version(0.9)
  expectExit(await run(['promote', '--to', 'staging']), 0)
  expectExit(await run(['promote', ...toProduction]), 0)
  await stage.version(0.95, '1')
  expectExit(await run(['promote', '--to', 'staging']), 0)
  return {
    stage,
    run,
    broken: () => probe.broken,
    holders: async () => (await stage.registry.places(stage.name)).holders.production.join(','),
    told: () =>
      promotionsIn(store).map(({ number, status, promotion }) => `${number} ${status} ${promotion.version}`),
  }
}

const isAlias = (label: string): boolean =>
  label.startsWith('POST') && label.includes('registered-models/alias')

const diesAt =
  (matches: (label: string) => boolean, how: 'before' | 'after'): At =>
  (_, label) =>
    matches(label) ? deaths[how] : undefined

describe('a run that died with the stage moved and the alias not', () => {
  it('is completed by the same command', async () => {
    const { run, holders, told, broken } = await begin('mlflow')
    await run(['promote', ...toProduction], diesAt(isAlias, 'before'))
    expect(await holders()).toBe('1,2')
    harness.clock.advance(lockLife)
    const ran = await run(['promote', ...toProduction])
    expect([ran?.exit, ran?.stderr]).toEqual([0, expect.stringContaining('was half done')])
    expect([await holders(), told().slice(3)]).toEqual(['2', ['4 interrupted 2', '5 done 2']])
    expect(broken()).toEqual([])
  })

  it('is completed before another version is judged, whose evidence is of another champion then', async () => {
    const { stage, run, holders, told, broken } = await begin('mlflow')
    await run(['promote', ...toProduction], diesAt(isAlias, 'before'))
    harness.clock.advance(lockLife)
    await stage.version(0.99, '1')
    const ran = await run(['promote', '--to', 'staging', '--version', '3'])
    expect([ran?.exit, ran?.stderr]).toEqual([8, expect.stringContaining('compares with version 1')])
    expect([await holders(), told().slice(3)]).toEqual(['2', ['4 interrupted 2', '5 done 2', '6 refused 3']])
    expect(broken()).toEqual([])
  })
})

describe('a run that died', () => {
  it.each([
    ['before', '1', 'interrupted', 'had changed nothing'],
    ['after', '2', 'done', 'is recorded as done now'],
  ] as const)('%s its transition: another promotion settles it first', async (how, serves, status, says) => {
    const { stage, run, holders, told } = await begin('workspace')
    await run(
      ['promote', ...toProduction],
      diesAt((label) => label.includes('transition-stage'), how),
    )
    harness.clock.advance(lockLife)
    await stage.version(0.99, serves)
    const ran = await run(['promote', '--to', 'staging', '--version', '3'])
    expect([ran?.exit, ran?.stderr]).toEqual([0, expect.stringContaining(says)])
    expect([await holders(), told().slice(3)]).toEqual([serves, [`4 ${status} 2`, '5 done 3']])
  })

  it('holds its lock until it is over, or is ended', async () => {
    const { run, holders, told } = await begin('workspace')
    await run(
      ['promote', ...toProduction],
      diesAt((label) => label.includes('transition-stage'), 'before'),
    )
    const busy = await run(['promote', ...toProduction])
    expect([busy?.exit, busy?.stderr]).toEqual([
      6,
      expect.stringContaining('model prices in dev is busy: promotion #4'),
    ])
    expect(busy?.stderr).toContain('`brickrail unlock --model prices --force`')
    expectExit(await run(['unlock', '--model', 'prices']), 6)
    expectExit(await run(['unlock', '--force']), 0)
    expectExit(await run(['promote', ...toProduction]), 6)
    expectExit(await run(['unlock', '--model', 'prices', '--force']), 0)
    expectExit(await run(['promote', ...toProduction]), 0)
    expect([await holders(), told().slice(3)]).toEqual(['2', ['4 interrupted 2', '5 done 2']])
  })
})

/** Something else happens when a call is there for the first time. */
const meanwhile = (matches: (label: string) => boolean, work: () => Promise<unknown>): At => {
  let happened = false
  return (_, label) => {
    if (happened || !matches(label)) return undefined
    happened = true
    return async (pass) => {
      await work()
      return await pass()
    }
  }
}

it('a run whose clock is behind looks dead to others: it notices that one has taken over', async () => {
  const { run, holders, told, broken } = await begin('workspace')
  const promotion = (label: string): boolean => /POST .*workspace\/import.*models\/prices\/000004/.test(label)
  const isLook = (label: string): boolean =>
    label.startsWith('GET') && label.includes('transition-requests/list')
  let claimed = false
  const others = meanwhile(
    (label) => {
      claimed ||= promotion(label)
      return claimed && isLook(label)
    },
    async () => {
      harness.clock.advance(lockLife)
      expectExit(await run(['promote', ...toProduction, '--comment', 'the other']), 0)
      harness.clock.advance(-lockLife)
    },
  )
  const ran = await run(['promote', ...toProduction], others)
  expect(claimed).toBe(true)
  expect([ran?.exit, ran?.stderr]).toEqual([6, expect.stringContaining('has taken over with #5')])
  expect([await holders(), told().slice(3)]).toEqual(['2', ['4 failed 2', '5 done 2']])
  expect(broken()).toEqual([])
})

/** Nobody goes on before so many are there. */
const together = (count: number, matches: (label: string) => boolean): At => {
  let there = 0
  let open: () => void = () => undefined
  const all = new Promise<void>((resolve) => (open = resolve))
  return (_, label) => {
    if (!matches(label)) return undefined
    return async (pass) => {
      there += 1
      if (there >= count) open()
      await all
      return await pass()
    }
  }
}

const isClaim = (label: string): boolean => label.includes('import') && label.includes('/models/prices/0')

describe.each(['workspace', 'unity-catalog', 'mlflow'] as const)('two at once, %s', (kind) => {
  it('one wins, the other one ends 6', async () => {
    const { run, holders, told, broken } = await begin(kind)
    const at = together(2, isClaim)
    const both = await Promise.all([
      run(['promote', ...toProduction], at),
      run(['promote', ...toProduction], at),
    ])
    expect(new Set(both.map((ran) => ran?.exit))).toEqual(new Set([0, 6]))
    expect([await holders(), told().slice(3)]).toEqual(['2', ['4 done 2']])
    expect(broken()).toEqual([])
  })

  it('one that plans while the other one promotes changes nothing', async () => {
    const { run, holders, told } = await begin(kind)
    const other = async () => expectExit(await run(['promote', ...toProduction]), 0)
    const ran = await run(['promote', ...toProduction], meanwhile(isClaim, other))
    expect([ran?.exit, ran?.stderr]).toEqual([
      6,
      expect.stringContaining('was made by ada while this run was planning'),
    ])
    expect([await holders(), told().slice(3)]).toEqual(['2', ['4 done 2']])
  })

  it('somebody moves a version by hand between plan and lock', async () => {
    const { stage, run, holders, told } = await begin(kind)
    const { registry, name } = stage
    const other = async () => {
      const version = await stage.version()
      await registry.transition?.(name, version, 'Production', true)
      await registry.setAlias?.(name, 'champion', version)
    }
    const ran = await run(['promote', ...toProduction], meanwhile(isClaim, other))
    expect([ran?.exit, ran?.stderr]).toEqual([
      6,
      expect.stringMatching(/changed while .*: version 1 -> version 3/),
    ])
    expect([await holders(), told().slice(3)]).toEqual(['3', ['4 failed 2']])
  })
})

describe('an alias whose version was deleted', () => {
  const delete1 = () => workspace.store.run('DELETE FROM model_versions WHERE number = 1')

  it('is set anew by a promotion to its place, and the plan says so', async () => {
    const { stage, run, holders } = await begin('unity-catalog')
    await stage.evaluate('2', 0.95)
    delete1()
    const plan = await run(['promote', ...toProduction, '--plan'])
    expect(plan?.stdout).toContain('alias champion names version 1, which is gone: it is set anew')
    expectExit(await run(['promote', ...toProduction, '--version', '2']), 0)
    expect(await holders()).toBe('2')
  })

  it('is a fault for a promotion to the other place', async () => {
    const { stage, run } = await begin('unity-catalog')
    const version = await stage.version(0.99)
    delete1()
    const ran = await run(['promote', '--to', 'staging', '--version', version])
    expect([ran?.exit, ran?.stderr]).toEqual([
      4,
      expect.stringMatching(/alias champion .* names version 1, which is gone/),
    ])
  })
})
