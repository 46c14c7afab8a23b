import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createTasks } from '../../src/compute/tasks.ts'
import { file, groupOf, hanging, openRuns, processesWith, python, until } from './runs.ts'

const runs = openRuns()
afterAll(runs.dispose)

const linux = process.platform === 'linux'

/** An emulator of its own process: starts one run and tells its process. */
const emulator = `
import { createTasks } from ${JSON.stringify(join(import.meta.dirname, '../../src/compute/tasks.ts'))}
const [folder, python, path] = process.argv.slice(2)
const tasks = createTasks({ folder, cache: folder, env: process.env })
const task = await tasks.start({ id: 'orphan', python, work: { kind: 'file', path, parameters: [] }, env: {},
  dbfsRoot: folder, workspaceRoot: folder, secrets: [], secretScopes: {} })
process.stdout.write(String(task.pid) + '\\n')
setInterval(() => {}, 1000)
`

describe('after the emulator was killed', () => {
  it.runIf(linux)('reap ends what its run left, and nobody else', async () => {
    const folder = join(runs.root, 'other-runs')
    const script = runs.write('emulator.mts', emulator)
    const path = runs.write('dbfs/hanging.py', hanging)
    const child = spawn(process.execPath, ['--import', 'tsx', script, folder, python, path], {
      cwd: join(import.meta.dirname, '..', '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const leader = Number(line.toString())
    const orphan = `BRICKRAIL_RUN_FOLDER=${join(folder, 'orphan')}`
    await until(() => processesWith(orphan).length === 4)
    child.kill('SIGKILL')
    await once(child, 'exit')
    // The leader asked for the parent's death signal; its children did not.
    await until(() => !processesWith(orphan).includes(leader))
    expect(processesWith(orphan)).toHaveLength(3)

    const after = createTasks({ folder, cache: folder, env: process.env })
    const bystander = await runs.begin(file(runs, 'import time; time.sleep(600)'))
    await after.reap('orphan')
    expect(processesWith(orphan)).toEqual([])
    expect(groupOf(leader)).toEqual([])
    expect(groupOf(bystander.running.pid)).toEqual([bystander.running.pid])
    await after.reap('orphan')
    await bystander.running.cancel()
  })

  it.runIf(linux)('reap ends what has cleared its environment, too', async () => {
    const folder = join(runs.root, 'bare-runs')
    const script = runs.write('emulator.mts', emulator)
    const bare = `import subprocess, time\nsubprocess.Popen(['sleep', '600'], env={})\nprint('bare', flush=True)\ntime.sleep(600)\n`
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', script, folder, python, runs.write('dbfs/bare.py', bare)],
      { cwd: join(import.meta.dirname, '..', '..'), stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const leader = Number(line.toString())
    await until(() => groupOf(leader).length === 2)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await until(() => !groupOf(leader).includes(leader))
    expect(groupOf(leader)).toHaveLength(1)
    await createTasks({ folder, cache: folder, env: process.env }).reap('orphan')
    expect(groupOf(leader)).toEqual([])
  })

  it.runIf(linux)('reap leaves a group alone that only has the number of the run', async () => {
    // A leader that is gone, and its child elsewhere.
    const shell = spawn('sh', ['-c', 'sleep 60 & :'], { detached: true, cwd: '/', stdio: 'ignore' })
    await once(shell, 'exit')
    const group = shell.pid ?? 0
    const folder = join(runs.folder, 'given-again')
    mkdirSync(folder, { recursive: true })
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    writeFileSync(join(folder, 'process.json'), JSON.stringify({ pid: group, started: '1', boot }))
    await runs.tasks.reap('given-again')
    expect(groupOf(group)).toHaveLength(1)
    process.kill(-group)
  })

  it('reap leaves a process alone that only has the number of the run', async () => {
    const stranger = spawn('sleep', ['60'], { detached: true })
    await once(stranger, 'spawn')
    const folder = join(runs.folder, 'reused')
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      join(folder, 'process.json'),
      JSON.stringify({ pid: stranger.pid, started: '1', boot: 'x' }),
    )
    await runs.tasks.reap('reused')
    expect(groupOf(stranger.pid ?? 0)).toEqual([stranger.pid])
    stranger.kill()
  })
})
