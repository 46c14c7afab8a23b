import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createLocalCompute } from '../../src/compute/local.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { bin, installPeers, run } from './peers.ts'

it('the Databricks SDK for Python runs commands in a context', async () => {
  await installPeers()
  const state = mkdtempSync(join(tmpdir(), 'brickrail-commands-'))
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: state, LC_ALL: 'C.UTF-8' }
  const compute = await createLocalCompute({ folder: join(state, 'runs'), cache: join(state, 'cache'), env })
  const emulator = createEmulator({ clock: 'instant', state, compute })
  const { url, close } = await emulator.listen()
  onTestFinished(async () => {
    await close()
    await emulator.close()
    rmSync(state, { recursive: true, force: true })
  })
  const script = join(import.meta.dirname, 'commands_session.py')
  const { status, stdout, stderr } = await run(bin('python'), [script, url, emulator.token], env, state)
  if (status !== 0) throw new Error(`commands_session.py ended with ${status}:\n${stderr}`)
  expect(JSON.parse(stdout)).toEqual({
    context: 'Running',
    state: '42\n',
    error: ['error', 'ZeroDivisionError: division by zero', true],
    files: 'True\n',
    dbfs: 'hello',
    identity: 'True\n',
    cancelled: 'Cancelled',
    'goes on': '6\n',
    destroyed: ['NotFound', expect.stringContaining('ContextNotFoundException')],
    scala: ['BadRequest', expect.stringContaining('python only')],
  })
})
