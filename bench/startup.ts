import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../src/cli/version.ts'
import { built, plainEnv, runGreen } from './process.ts'
import { median } from './row.ts'
import type { Bench } from './sync.ts'

/** Medians in ms. */
export interface StartUp {
  node: number
  planHelp: number
  syncHelp: number
  /** All pipeline files of the sample, for three hosts: none there, and all there. */
  generate: number
  generateAgain: number
}

const times = 10

/** Start each in turn, so that a busy moment of the machine hits all alike. */
export const benchStartUp = async ({ scratch, stop, say }: Bench): Promise<StartUp> => {
  say('start-up')
  const wall: Record<keyof StartUp, number[]> = {
    node: [],
    planHelp: [],
    syncHelp: [],
    generate: [],
    generateAgain: [],
  }
  const project = join(scratch, 'pipelines-project')
  const started = async (...args: string[]) =>
    (await runGreen({ file: process.execPath, args, cwd: scratch, env: plainEnv(scratch), stop })).wallMs
  const generated = () => started(built('generate'), '--file', join(project, 'pipelines', 'brickrail.yml'))
  for (let index = 0; index < times; index += 1) {
    wall.node.push(await started('-e', '0'))
    wall.planHelp.push(await started(built('plan'), '--help'))
    wall.syncHelp.push(await started(built('sync-workspace'), '--help'))
    await rm(project, { recursive: true, force: true })
    await cp(join(packageRoot, 'pipelines'), join(project, 'pipelines'), { recursive: true })
    wall.generate.push(await generated())
    wall.generateAgain.push(await generated())
  }
  return {
    node: median(wall.node),
    planHelp: median(wall.planHelp),
    syncHelp: median(wall.syncHelp),
    generate: median(wall.generate),
    generateAgain: median(wall.generateAgain),
  }
}
