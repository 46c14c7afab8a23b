import { onTestFinished } from 'vitest'
import type { RegistryKind } from '../../src/plan/state-policy.ts'
import { openStage, projectOf, type Stage } from '../safety/model-stage.ts'
import { createHarness, type Harness, type Ran } from '../support/harness.ts'

/** One line of `history -o json`. */
export interface Told {
  number: number
  status: string
  action: string
  place: string
  version: string
  from: string[]
  approvers: { user: string; source: string }[]
  reason: string | null
}

export interface Play {
  harness: Harness
  stage: Stage
  run: (...asked: Parameters<Harness['run']>) => Promise<Ran>
  /** Runs that must succeed. */
  done: (command: string, ...args: string[]) => Promise<Ran>
  /** Newest first. */
  history: () => Promise<Told[]>
  /** `1 Production`: versions at places, as people name them. */
  places: () => Promise<{ staging: string[]; production: string[] }>
}

export const play = async (
  kind: RegistryKind = 'workspace',
  policy: readonly string[] = [],
): Promise<Play> => {
  const harness = createHarness(projectOf(kind, policy))
  onTestFinished(() => harness.close())
  const stage = await openStage(kind, harness.emulator)
  return {
    harness,
    stage,
    run: async (...asked) => await harness.run(...asked),
    done: async (command, ...args) => {
      const ran = await harness.run(command, args)
      if (ran.exit !== 0) throw new Error(`${command} ended ${ran.exit}: ${ran.stderr}`)
      return ran
    },
    history: async () => {
      const { stdout } = await harness.run('history', ['--model', 'prices', '-o', 'json'])
      return (JSON.parse(stdout) as { result: { promotions: Told[] } }).result.promotions
    },
    places: async () => (await stage.registry.places(stage.name)).holders,
  }
}

/** Version 1 in production, version 2 in staging. */
export const released = async ({ stage, done }: Play): Promise<void> => {
  await stage.version(0.9)
  await done('promote', '--to', 'staging')
  await done('promote', '--to', 'production')
  await stage.version(0.95, '1')
  await done('promote', '--to', 'staging')
}
