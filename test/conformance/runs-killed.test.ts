import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { createLocalCompute } from '../../src/compute/local.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'

/** A process that is there, and no zombie. */
const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let left = 600; left > 0; left -= 1) {
    if (await holds()) return
    await sleep(100)
  }
  throw new Error(`it never happened: ${what}`)
}

it.skipIf(process.platform !== 'linux')(
  'an emulator that is killed leaves a run; the next one ends its processes and tells',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brickrail-killed-'))
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'runs-child.ts'), folder, 'code/long.py'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    onTestFinished(() => {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    })
    const [line] = await once(child.stdout, 'data')
    const id = /\d+/.exec(String(line))?.[0]
    const pids = join(folder, 'state', 'dbfs', 'pids')
    await until('the run begins', () => existsSync(pids))
    const group = readFileSync(pids, 'utf8').split(' ').map(Number)
    child.kill('SIGKILL')
    await once(child, 'exit')
    // The leader asked Linux to be ended with the emulator; what it had started goes on.
    expect(group.slice(1).map(isThere)).toEqual([true])

    const places = { folder: join(folder, 'runs'), cache: join(folder, 'cache') }
    const compute = await createLocalCompute({ ...places, env: process.env })
    const emulator = createEmulator({ state: join(folder, 'state'), compute })
    onTestFinished(() => emulator.close())
    await until('its processes are gone', () => !group.some(isThere))
    const headers = { authorization: `Bearer ${emulator.token}` }
    const get = async () =>
      JSON.parse(
        await (await emulator.fetch(`http://w/api/2.2/jobs/runs/get?run_id=${id}`, { headers })).text(),
      )
    await until('the run is shown as ended', async () => (await get()).state.result_state !== undefined)
    expect((await get()).state).toMatchObject({
      life_cycle_state: 'INTERNAL_ERROR',
      result_state: 'FAILED',
      state_message: 'The embedded workspace that ran it has ended',
    })
  },
  120_000,
)

it('ten runs at once stay isolated, and closing leaves no process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-ten-'))
  const places = { folder: join(folder, 'runs'), cache: join(folder, 'cache') }
  const compute = await createLocalCompute({ ...places, env: process.env })
  const emulator = createEmulator({ clock: 'instant', state: join(folder, 'state'), compute })
  onTestFinished(async () => {
    await emulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${emulator.token}` }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    return await (await emulator.fetch(`http://w${path}`, init)).text()
  }
  const source = `import os, sys, time
before = sorted(os.listdir('.'))
open('mine', 'w').write(sys.argv[1])
os.environ['MINE'] = sys.argv[1]
time.sleep(0.5)
print(before, open('mine').read(), os.environ['MINE'])
`
  const contents = Buffer.from(source).toString('base64')
  await ask('POST', '/api/2.0/dbfs/put', { path: '/main.py', contents, overwrite: true })
  const submit = async (name: string): Promise<string> => {
    const spark_python_task = { python_file: 'dbfs:/main.py', parameters: [name] }
    const body = { tasks: [{ task_key: 'main', spark_python_task }] }
    return /\d+/.exec(await ask('POST', '/api/2.2/jobs/runs/submit', body))?.[0] ?? ''
  }
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`)
  const ids = await Promise.all(names.map(submit))
  const logs = await Promise.all(
    ids.map(async (id) => {
      await until(
        'it ends',
        async () =>
          JSON.parse(await ask('GET', `/api/2.2/jobs/runs/get?run_id=${id}`)).state.result_state !==
          undefined,
      )
      return JSON.parse(await ask('GET', `/api/2.2/jobs/runs/get-output?run_id=${id}`)).logs
    }),
  )
  expect(logs).toEqual(names.map((name) => `[] ${name} ${name}\n`))
}, 120_000)
