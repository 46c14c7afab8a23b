import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runScript } from '../../src/cli/main.ts'
import { defineScript, type Run, type World } from '../../src/cli/script.ts'
import { virtualClock, type Ran } from '../support/harness.ts'
import { commandsIn } from '../host/grammars.ts'
import { filesChange, planOf } from '../report/samples.ts'

const hostEnv = {
  gitlab: { GITLAB_CI: 'true' },
  azure: { TF_BUILD: 'True' },
  github: { GITHUB_ACTIONS: 'true' },
  local: {},
} as const
export type Name = keyof typeof hostEnv
export const ciHosts = ['gitlab', 'azure', 'github'] as const

export const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-wiring-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const collect = () => {
  const parts: string[] = []
  return { write: (text: string) => void parts.push(text), text: () => parts.join('') }
}

interface Given {
  env?: Record<string, string | undefined>
  args?: string[]
  world?: Partial<World>
}

/** A command of which each test says what it does. */
export const play = async (
  host: Name,
  work: (run: Run) => Promise<void> | void,
  given: Given = {},
): Promise<Ran> => {
  const [stdout, stderr] = [collect(), collect()]
  const run = async (one: Run) => await work(one)
  const script = defineScript({ name: 'deploy', about: '', args: {}, run })
  const cwd = temporary()
  const exit = await runScript(script, given.args ?? [], {
    env: { ...hostEnv[host], AGENT_TEMPDIRECTORY: cwd, ...given.env },
    cwd,
    clock: virtualClock(),
    fetch: () => Promise.reject(new Error('nothing is sent')),
    stdout,
    stderr,
    stop: new AbortController().signal,
    ...given.world,
  })
  return { exit, stdout: stdout.text(), stderr: stderr.text() }
}

export const named = (host: (typeof ciHosts)[number], text: string, name: RegExp) =>
  commandsIn(host, text).filter((command) => name.test(command.name))

export const steps = async ({ emit, world: { clock } }: Run) => {
  emit({ type: 'plan', plan: planOf({ files: filesChange({ add: ['a'] }) }) })
  for (const id of ['a', 'b'])
    emit({ type: 'task', state: 'started', id, title: `step ${id}`, at: clock.now() })
  await clock.sleep(65_000)
  for (const id of ['a', 'b']) emit({ type: 'task', state: 'done', id, at: clock.now() })
  emit({ type: 'result', data: { deployment: 7, changes: 2 }, text: 'deployment #7 of dev is done' })
}
