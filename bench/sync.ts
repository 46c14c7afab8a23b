import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { built, plainEnv, runNode } from './process.ts'
import { checkCalls, latencyMs, rowOf, type Row, type Sample, type What } from './row.ts'
import { changedNumber, changedObjects, objectOf, root, writeTree } from './tree.ts'
import { startWorkspace, type Workspace } from './workspace.ts'

export interface Bench {
  /** For everything that is written; the caller removes it. */
  scratch: string
  stop: AbortSignal
  /** Times that each thing is done. */
  repeats: number
  say: (text: string) => void
}

interface Scene extends Bench {
  workspace: Workspace
  files: number
}

const isWrite = ({ method }: { method: string }): boolean => method !== 'GET'

/** One run of our script as a process of its own, on a checkout that was never used before. */
const syncFresh = async (scene: Scene, changed: number): Promise<Sample> => {
  const { scratch, workspace, files, stop } = scene
  const checkout = await mkdtemp(join(scratch, 'checkout-'))
  await writeTree(checkout, { files, changed })
  await workspace.takeLog()
  const env = {
    ...plainEnv(scratch),
    DATABRICKS_HOST: workspace.url,
    DATABRICKS_TOKEN: workspace.token,
    BRICKRAIL_TARGET: 'dev',
  }
  const command = { args: [built('sync-workspace')], cwd: checkout, env, stop }
  const { wallMs, peakBytes } = await runNode(command, scratch)
  const calls = await workspace.takeLog()
  checkCalls(calls)
  await rm(checkout, { recursive: true })
  return { wallMs, calls, peakBytes }
}

const check = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`the result is wrong: ${what}`)
}

type Once = (scene: Scene, index: number) => Promise<Sample>

/** Each does its thing once, and looks whether the workspace is then as it should be. */
const once: Readonly<Record<What, Once>> = {
  cold: async (scene) => {
    await scene.workspace.reset(latencyMs)
    return await syncFresh(scene, 0)
  },
  unchanged: async (scene) => {
    const sample = await syncFresh(scene, 0)
    check(!sample.calls.some(isWrite), 'an unchanged run made a write')
    return sample
  },
  'one changed': async (scene, index) => {
    const sample = await syncFresh(scene, index + 1)
    const path = changedObjects({ files: scene.files, changed: index + 1 })[index] ?? ''
    const text = await scene.workspace.read(path)
    check(text.includes(String(changedNumber)), `${path} does not hold its change`)
    return sample
  },
  'one removed': async (scene, index) => {
    await scene.workspace.remove(objectOf((index * 211 + 7) % scene.files))
    return await syncFresh(scene, scene.repeats)
  },
}

const scenes: readonly What[] = ['cold', 'unchanged', 'one changed', 'one removed']

/**
 * Rows of our sync at one size, on an embedded workspace of its own.
 * @throws when a run fails or leaves another result than it should
 */
export const benchSync = async (bench: Bench, files: number, startMs: number): Promise<Row[]> => {
  const state = await mkdtemp(join(bench.scratch, 'state-'))
  const workspace = await startWorkspace(state, bench.stop)
  const scene = { ...bench, workspace, files }
  const rows: Row[] = []
  try {
    for (const what of scenes) {
      bench.say(`brickrail, ${files} files, ${what}`)
      const samples: Sample[] = []
      for (let index = 0; index < bench.repeats; index += 1) samples.push(await once[what](scene, index))
      const objects = (await workspace.objectsBelow(root)).length
      check(objects === files, `${objects} objects of ${files} are there after «${what}»`)
      rows.push(rowOf({ tool: 'brickrail', files, what, objects, startMs }, samples))
    }
  } finally {
    await workspace.close()
  }
  return rows
}
