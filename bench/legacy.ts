import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { plainEnv, repository, run, runGreen } from './process.ts'
import { checkCalls, latencyMs, median, rowOf, type Row, type Sample, type What } from './row.ts'
import type { Bench } from './sync.ts'
import { writeTree } from './tree.ts'
import { startWorkspace, type Workspace } from './workspace.ts'

/** The last release of the CLI that the tutorials use. */
const version = '0.18.0'
const target = '/Shared/Legacy'
const environment = join(repository, '.cache', `bench-databricks-cli-${version}`)

/** pip may need the user's own settings: index, certificate, proxy. */
const ownEnv = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )

/** An installation that was broken off has no CLI that answers. */
const works = async ({ scratch, stop }: Bench, file: string): Promise<boolean> => {
  const command = { file, args: ['--version'], cwd: scratch, env: plainEnv(scratch), stop }
  const ran = await run(command).catch(() => undefined)
  stop.throwIfAborted()
  return ran?.exit === 0
}

const python = async (bench: Bench): Promise<string> => {
  for (const file of ['python3', 'python']) if (await works(bench, file)) return file
  throw new Error('there is no Python: install Python 3 with venv, or run the bench with --quick')
}

/** Made once, and kept in .cache/ for the next time. Returns the CLI's file. */
const install = async (bench: Bench): Promise<string> => {
  const cli = join(environment, 'bin', 'databricks')
  if (await works(bench, cli)) return cli
  bench.say(`installing databricks-cli ${version} into .cache/`)
  await rm(environment, { recursive: true, force: true })
  const here = { cwd: bench.scratch, env: ownEnv(), stop: bench.stop }
  await runGreen({ ...here, file: await python(bench), args: ['-m', 'venv', environment] })
  const args = ['-m', 'pip', 'install', '--quiet', `databricks-cli==${version}`]
  await runGreen({ ...here, file: join(environment, 'bin', 'python'), args })
  return cli
}

/**
 * That CLI drops the port of its host, so the emulator is its proxy and the host is made up.
 * Python's `no_proxy` must not exempt it, which is why nothing of this process's environment is handed on.
 */
const legacyEnv = (home: string, { url, token }: Workspace): Record<string, string> => ({
  ...plainEnv(home),
  DATABRICKS_HOST: 'http://workspace.test',
  DATABRICKS_TOKEN: token,
  http_proxy: url,
})

interface Scene {
  bench: Bench
  workspace: Workspace
  cli: string
  checkout: string
}

const importDir = async (
  { bench, workspace, cli, checkout }: Scene,
  flags: readonly string[],
): Promise<Sample> => {
  await workspace.takeLog()
  const args = ['workspace', 'import_dir', ...flags, join(checkout, 'workspace'), target]
  const env = legacyEnv(bench.scratch, workspace)
  const { wallMs } = await runGreen({ file: cli, args, cwd: checkout, env, stop: bench.stop })
  const calls = await workspace.takeLog()
  checkCalls(calls)
  return { wallMs, calls }
}

const startMsOf = async ({ bench, workspace, cli, checkout }: Scene): Promise<number> => {
  const wall: number[] = []
  const command = { file: cli, args: ['--version'], cwd: checkout, stop: bench.stop }
  for (let index = 0; index < 5; index += 1)
    wall.push((await runGreen({ ...command, env: legacyEnv(bench.scratch, workspace) })).wallMs)
  return median(wall)
}

const measure = async (scene: Scene, files: number): Promise<Row[]> => {
  const startMs = await startMsOf(scene)
  const rows: Row[] = []
  await scene.workspace.reset(latencyMs)
  for (const what of ['cold', 'unchanged'] satisfies What[]) {
    scene.bench.say(`databricks-cli ${version}, ${files} files, ${what}`)
    const sample = await importDir(scene, what === 'cold' ? [] : ['--overwrite'])
    const objects = (await scene.workspace.objectsBelow(target)).length
    rows.push(rowOf({ tool: `databricks-cli ${version}`, files, what, objects, startMs }, [sample]))
  }
  return rows
}

/**
 * Rows of the old CLI's `workspace import_dir` on the same tree, once cold and once with nothing changed.
 * It takes files by their extension and makes a notebook of each; the rest it leaves out without a word.
 */
export const benchLegacy = async (bench: Bench, files: number): Promise<Row[]> => {
  const cli = await install(bench)
  const checkout = await mkdtemp(join(bench.scratch, 'checkout-'))
  await writeTree(checkout, { files, changed: 0 })
  const workspace = await startWorkspace(await mkdtemp(join(bench.scratch, 'state-')), bench.stop)
  try {
    return await measure({ bench, workspace, cli, checkout }, files)
  } finally {
    await workspace.close()
  }
}
