import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { listen, type Listening } from '../../src/emulator/server/listen.ts'
import { Torn } from '../../src/emulator/server/faults.ts'
import { repository } from '../support/harness.ts'

const newest = (folder: string): number =>
  Math.max(
    ...readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  )

const deploy = join(repository, 'dist', 'scripts', 'deploy.js')

const builtAt = (): number => statSync(deploy, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** `npm test` builds first; a test that is run alone must not test yesterday's code. */
export const build = (): void => {
  if (builtAt() > Math.max(newest('src'), newest('scripts'))) return
  const tsc = join(repository, 'node_modules', '.bin', 'tsc')
  const { stdout, status } = spawnSync(tsc, ['-p', 'tsconfig.build.json'], {
    cwd: repository,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed:\n${stdout}`)
}

export interface Ended {
  exit: number | null
  signal: NodeJS.Signals | null
  stderr: string
  calls: number
}

/** What is done to the process when its n-th call is there, before or after the call takes effect. */
export interface Blow {
  call: number
  signal: NodeJS.Signals
  when: 'before' | 'after'
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

type Received = Pick<Request, 'url' | 'method' | 'headers'> & { body: ArrayBuffer }

/** A server between process and workspace, so that the blow falls exactly at one call. */
const between = async (
  fetch: typeof globalThis.fetch,
  blow: Blow | undefined,
  child: () => ChildProcess,
): Promise<Listening & { calls: () => number }> => {
  let calls = 0
  const strike = async (signal: NodeJS.Signals) => {
    child().kill(signal)
    if (signal === 'SIGKILL') await ended(child())
    // Time for the process to hear it, or the answer might be there first.
    else await setTimeout(100)
  }
  const pass = async ({ url, method, headers, body }: Received) =>
    await fetch(url, body.byteLength === 0 ? { method, headers } : { method, headers, body })
  const server = await listen(async (received) => {
    calls += 1
    const hit = blow?.call === calls
    const { url, method, headers } = received
    const request = { url, method, headers, body: await received.arrayBuffer() }
    if (!hit || blow === undefined) return await pass(request)
    if (blow.when === 'before') await strike(blow.signal)
    if (blow.when === 'before' && blow.signal === 'SIGKILL') throw new Torn()
    const answer = await pass(request)
    if (blow.when === 'after') await strike(blow.signal)
    return answer
  }, 0)
  return { ...server, calls: () => calls }
}

/** `node dist/scripts/deploy.js` in a project's folder, as a pipeline's job runs it. */
export const runDeploy = async (
  folder: string,
  workspace: { fetch: typeof globalThis.fetch; token: string },
  blow?: Blow,
): Promise<Ended> => {
  let child: ChildProcess | undefined
  const server = await between(workspace.fetch, blow, () => {
    if (!child) throw new Error('nobody runs')
    return child
  })
  const env = {
    PATH: '',
    HOME: folder,
    DATABRICKS_HOST: server.url,
    DATABRICKS_TOKEN: workspace.token,
    BRICKRAIL_TARGET: 'dev',
  }
  child = spawn(process.execPath, [deploy], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const closed = once(child, 'close')
  await closed
  await server.close()
  return { exit: child.exitCode, signal: child.signalCode, stderr, calls: server.calls() }
}
