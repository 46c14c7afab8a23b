import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scriptNamed } from '../../src/cli/commands.ts'
import { runScript } from '../../src/cli/main.ts'
import type { World } from '../../src/cli/script.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import type { Clock } from '../../src/http/clock.ts'

/** The repository's own folder. */
export const repository: string = fileURLToPath(new URL('../../', import.meta.url))

/** Time that passes only while somebody sleeps, and chance that is always the middle. */
export interface VirtualClock extends Clock {
  advance(ms: number): void
}

export const virtualClock = (start: number = Date.parse('2026-11-21T12:00:00Z')): VirtualClock => {
  let time = start
  return {
    now: () => time,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      time += ms
      // Others get their turn, as they would in a real pause.
      await new Promise((resolve) => setImmediate(resolve))
      signal?.throwIfAborted()
    },
    random: () => 0.5,
    advance: (ms) => (time += ms),
  }
}

export interface Request {
  method: string
  path: string
  status: number
}

export interface Ran {
  exit: number
  stdout: string
  stderr: string
}

export interface Harness {
  /** Folder of the project; a copy of the sample unless files were given. */
  folder: string
  emulator: Emulator
  clock: VirtualClock
  /** Run a command in this process, against the embedded workspace as a remote one: target `dev`. */
  run(command: string, args?: string[], world?: Partial<World>): Promise<Ran>
  write(path: string, text: string): void
  remove(path: string): void
  /** Calls so far that reached the workspace, oldest first. */
  requests(): Promise<Request[]>
  /** Forget the calls so far. */
  forget(): Promise<void>
  /** Call a control endpoint. */
  control(path: string, body?: unknown): Promise<unknown>
  close(): void
}

const collect = () => {
  const parts: string[] = []
  return { write: (text: string) => void parts.push(text), text: () => parts.join('') }
}

const isWriteMethod = ({ method, path }: Request): boolean =>
  method !== 'GET' && !path.endsWith('/clusters/events')

/** Calls that change the workspace. */
export const writes = (requests: readonly Request[]): Request[] => requests.filter(isWriteMethod)

/** Environment of a CI job, which tells the commit itself: where a test has thousands of runs, none starts git to ask. */
export const inCi = ({ emulator, folder }: Pick<Harness, 'emulator' | 'folder'>): Record<string, string> => ({
  DATABRICKS_HOST: 'http://workspace.test',
  DATABRICKS_TOKEN: emulator.token,
  BRICKRAIL_TARGET: 'dev',
  HOME: folder,
  GITLAB_CI: 'true',
  GITLAB_USER_LOGIN: 'ada',
  CI_COMMIT_SHA: '0'.repeat(40),
})

const project = (files?: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-'))
  if (files === undefined)
    for (const part of ['pipelines', 'workspace', 'schemas'])
      cpSync(join(repository, part), join(folder, part), { recursive: true })
  return folder
}

/**
 * A project in a temporary folder, an embedded workspace, and the commands as functions.
 * @param state folder that keeps the workspace; in memory unless given
 */
export const createHarness = (files?: Readonly<Record<string, string>>, state?: string): Harness => {
  const folder = project(files)
  const emulator = createEmulator({ clock: 'instant', ...(state === undefined ? {} : { state }) })
  const clock = virtualClock()
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const [path, text] of Object.entries(files ?? {})) write(path, text)
  const control = async (path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await emulator.fetch(`http://workspace.test/_emulator/${path}`, init)
    return await response.json()
  }
  return {
    folder,
    emulator,
    clock,
    write,
    remove: (path) => rmSync(join(folder, path), { recursive: true }),
    control,
    requests: async () => ((await control('requests')) as { requests?: Request[] }).requests ?? [],
    forget: async () =>
      void (await emulator.fetch('http://workspace.test/_emulator/requests', { method: 'DELETE' })),
    run: async (command, args = [], world = {}) => {
      const script = await scriptNamed(command)
      if (!script) throw new Error(`no command ${command}`)
      const [stdout, stderr] = [collect(), collect()]
      const exit = await runScript(script, args, {
        env: {
          DATABRICKS_HOST: 'http://workspace.test',
          DATABRICKS_TOKEN: emulator.token,
          BRICKRAIL_TARGET: 'dev',
          HOME: folder,
        },
        cwd: folder,
        clock,
        fetch: emulator.fetch,
        stdout,
        stderr,
        stop: new AbortController().signal,
        ...world,
      })
      return { exit, stdout: stdout.text(), stderr: stderr.text() }
    },
    close: () => {
      void emulator.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
