/** The compute of an emulator that this process runs. Loaded only when something is to run code. */
import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Compute } from '../compute/compute.ts'
import { Fail } from '../errors.ts'
import type { Run } from './script.ts'

export const computeModes = ['auto', 'process', 'simulated'] as const
type Mode = (typeof computeModes)[number]

/** What `createEmulator` is given. */
interface Chosen {
  compute?: Compute
  lenient: boolean
  /** Why no code runs, and what to do: a run that would need some ends with it. */
  simulated?: string
}

/** What chooses the compute: a flag of the served emulator, or a variable of the embedded one. */
export const computeSettings = {
  served: '--compute',
  embedded: 'BRICKRAIL_EMBEDDED_COMPUTE',
} as const
type Setting = (typeof computeSettings)[keyof typeof computeSettings]

const given = (setting: Setting, mode: Mode): string =>
  setting === '--compute' ? `brickrail emulator --compute ${mode}` : `${setting}=${mode}`

const install = 'install Python >= 3.8 with venv'

/**
 * @param from what the value was given by: a flag or a variable
 * @throws Fail USAGE
 */
export const readMode = (value: string | undefined, from: string): Mode => {
  if (value === undefined || value === '') return 'auto'
  const known = computeModes.find((mode) => mode === value)
  if (known !== undefined) return known
  throw new Fail('USAGE', { what: `${from} is ${value}`, hint: `give one of ${computeModes.join(', ')}` })
}

/** Shared by all projects of this user. Relative paths count from where the command runs. */
export const cacheFolder = ({ env, cwd }: Pick<Run['world'], 'env' | 'cwd'>): string => {
  const own = env['BRICKRAIL_CACHE']
  const base = own || join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'brickrail')
  return join(resolve(cwd, base), 'environments')
}

const noPython = (mode: Mode, reason: string, run: Run, setting: Setting): Chosen => {
  if (mode === 'process')
    throw new Fail('USAGE', {
      what: `no code can run here: ${reason}`,
      hint: `${install}; or, for states only, ${given(setting, 'simulated')}`,
    })
  const text = `the embedded workspace is simulated: ${reason}; libraries and clusters change their states only`
  run.emit({ type: 'notice', level: 'info', text })
  return { lenient: false, simulated: `simulated: no code runs here, as ${reason}; ${install}` }
}

/**
 * Cheap: whether a Python that is there is good enough is found out when the first environment is made.
 * `auto` without any is simulated, with a notice.
 * @param state absolute folder of the workspace; its runs are kept there
 * @throws Fail USAGE when `process` was asked for, and there is no Python at all
 */
export const chooseCompute = async (
  run: Run,
  mode: Mode,
  state: string,
  setting: Setting,
): Promise<Chosen> => {
  if (mode === 'simulated')
    return {
      lenient: false,
      simulated: `simulated: no code runs here, as ${given(setting, mode)} says; say \`auto\` or \`process\``,
    }
  const { mayHavePython } = await import('../compute/abilities.ts')
  const { env } = run.world
  if (!mayHavePython(env)) return noPython(mode, 'there is no Python on the PATH', run, setting)
  const { createLocalCompute } = await import('../compute/local.ts')
  const compute = await createLocalCompute({
    folder: join(state, 'runs'),
    cache: cacheFolder(run.world),
    env,
  })
  return { compute, lenient: mode === 'auto' }
}

/**
 * For a server: what is there is looked up at once, so that it is told before somebody waits for it.
 * @param state its folder; undefined: runs go to a temporary one
 * @throws Fail USAGE, see chooseCompute
 */
export const serverCompute = async (
  run: Run,
  mode: Mode,
  state: string | undefined,
): Promise<Chosen & { remove: () => void }> => {
  const folder =
    state === undefined ? mkdtempSync(join(tmpdir(), 'brickrail-runs-')) : resolve(run.world.cwd, state)
  const remove = () => {
    if (state === undefined) rmSync(folder, { recursive: true, force: true })
  }
  try {
    const setting = computeSettings.served
    const chosen = await chooseCompute(run, mode, folder, setting)
    const python = chosen.compute?.abilities.python
    if (python === undefined || !('missing' in python)) return { ...chosen, remove }
    await chosen.compute?.close()
    return { ...noPython(mode, python.missing, run, setting), remove }
  } catch (error) {
    remove()
    throw error
  }
}
