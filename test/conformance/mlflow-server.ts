/** A real MLflow server from PyPI, and the Python that it and MLflow's client live in. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** The version that the emulator's plain face speaks. scikit-learn comes with it. */
const packages = ['mlflow==3.17.2', 'databricks-sdk==0.156.0', 'pytest==9.2.0']

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, '.cache', 'mlflow')
const marker = join(folder, 'packages.txt')
const lock = `${folder}.lock`
const execute = promisify(execFile)

const install = async (wanted: string): Promise<void> => {
  rmSync(folder, { recursive: true, force: true })
  await execute('python3', ['-m', 'venv', folder])
  const pip = ['install', '--quiet', '--disable-pip-version-check', ...packages]
  await execute(join(folder, 'bin', 'pip'), pip, { maxBuffer: 64 * 1024 * 1024 })
  writeFileSync(marker, wanted)
}

/** Test files run side by side: one of them installs, the others wait for it. */
const locked = async (work: () => Promise<void>): Promise<void> => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  for (;;)
    try {
      mkdirSync(lock)
      break
    } catch {
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
      if (Date.now() - since > 900_000) rmSync(lock, { recursive: true, force: true })
      await sleep(250)
    }
  try {
    await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

/** MLflow with its client, scikit-learn, the Databricks SDK and pytest; made once, kept between runs. Returns its `python`. */
export const installMlflow = async (): Promise<string> => {
  const wanted = `${packages.join('\n')}\n`
  await locked(async () => {
    if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) await install(wanted)
  })
  return join(folder, 'bin', 'python')
}

const freePort = async (): Promise<number> =>
  await new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })

const healthy = async (url: string): Promise<boolean> => {
  const answered = await fetch(`${url}/health`).catch(() => undefined)
  return answered !== undefined && answered.ok && (await answered.text()) === 'OK'
}

export interface MlflowServer {
  /** `http://127.0.0.1:PORT`: the tracking URI. It asks for no token. */
  readonly url: string
  /** Its Python, for clients. */
  readonly python: string
  /** SQLAlchemy's URI of its database. */
  readonly database: string
  /** Ends it and removes what it stored. */
  readonly close: () => Promise<void>
}

/**
 * Install if need be, start on a free port with a database and artifacts of its own, wait until it is healthy (30 to 60 s on a slow
 * machine). @throws Error with what the server printed
 */
export const startMlflow = async (): Promise<MlflowServer> => {
  const python = await installMlflow()
  const state = mkdtempSync(join(tmpdir(), 'brickrail-mlflow-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const database = `sqlite:///${state}/mlflow.db`
  const stores = ['--backend-store-uri', database, '--artifacts-destination', `${state}/artifacts`]
  const child = spawn(
    python,
    ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', `${port}`, '--workers', '1', ...stores],
    {
      cwd: state,
      // A group of its own: the server starts workers, which have to end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        HOME: state,
        PATH: '/usr/bin:/bin',
        LC_ALL: 'C.UTF-8',
        MLFLOW_DISABLE_TELEMETRY: 'true',
        // A dozen processes that nobody needs here.
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
        GIT_PYTHON_REFRESH: 'quiet',
      },
    },
  )
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-8000)))
  const kill = (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, signal)
  }
  const last = () => kill('SIGKILL')
  process.once('exit', last)
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  const close = async () => {
    kill('SIGTERM')
    await Promise.race([exited, sleep(5000)])
    kill('SIGKILL')
    process.off('exit', last)
    rmSync(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  for (const until = Date.now() + 180_000; Date.now() < until; await sleep(250)) {
    if (child.exitCode !== null) break
    if (await healthy(url)) return { url, python, database, close }
  }
  await close()
  throw new Error(`the MLflow server did not start:\n${printed}`)
}
