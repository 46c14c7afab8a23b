import { execFile, type ExecFileException } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** The real clients, in the versions that the reference was written from. */
const packages = ['databricks-sdk==0.156.0', 'databricks-cli==0.18.0', 'setuptools<81']

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, '.cache', 'conformance')
const marker = join(folder, 'packages.txt')
export const bin = (name: string): string => join(folder, 'bin', name)

const execute = promisify(execFile)

const install = async (wanted: string): Promise<void> => {
  rmSync(folder, { recursive: true, force: true })
  await execute('python3', ['-m', 'venv', folder])
  await execute(bin('pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages])
  writeFileSync(marker, wanted)
}

const lock = `${folder}.lock`

/** Test files run side by side: one of them installs, the others wait for it. */
const locked = async (work: () => Promise<void>): Promise<void> => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  try {
    mkdirSync(lock)
  } catch {
    const abandoned =
      Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 600_000
    if (abandoned) rmSync(lock, { recursive: true, force: true })
    await sleep(250)
    return await locked(work)
  }
  try {
    await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

/** A Python virtual environment with the peers; made once, kept between runs, made anew when the list changes. */
export const installPeers = async (): Promise<void> => {
  const wanted = `${packages.join('\n')}\n`
  await locked(async () => {
    if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) await install(wanted)
  })
}

export interface Ran {
  status: number
  stdout: string
  stderr: string
}

const isExecError = (error: unknown): error is ExecFileException & Pick<Ran, 'stdout' | 'stderr'> =>
  error instanceof Error && 'stdout' in error

/** Run to the end, whatever the exit status. Only this environment is passed: no credentials of the machine leak in. */
export const run = async (
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<Ran> => {
  try {
    const options = { env, cwd, maxBuffer: 64 * 1024 * 1024, timeout: 300_000 }
    return { status: 0, ...(await execute(file, [...args], options)) }
  } catch (error) {
    if (!isExecError(error)) throw error
    return { status: Number(error.code ?? 1), stdout: error.stdout, stderr: error.stderr }
  }
}

/** A workspace and the folder that is home and working folder of the CLI. */
export interface LegacyPlace {
  url: string
  token: string
  folder: string
}

/**
 * The old command line as the tutorials write it. It drops the port of its host, so the workspace is its proxy and the host is made up.
 * @param over variables in place of these
 */
export const databricksCli = async (
  { url, token, folder: home }: LegacyPlace,
  args: readonly string[],
  over: Record<string, string> = {},
): Promise<Ran> => {
  const env = {
    HOME: home,
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C.UTF-8',
    http_proxy: url,
    DATABRICKS_HOST: 'http://adb-1234567890123456.7.example.net',
    DATABRICKS_TOKEN: token,
    ...over,
  }
  return await run(bin('databricks'), args, env, home)
}
