import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { isMembers } from '../../src/emulator/server/read.ts'

const open: Emulator[] = []
const folders: string[] = []
const start = (state?: string): Emulator => {
  const emulator = createEmulator({ clock: 'instant', token: 't', ...(state === undefined ? {} : { state }) })
  open.push(emulator)
  return emulator
}
const stateFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-tracking-'))
  folders.push(folder)
  return folder
}

afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const workspace = ''
const plain = '/mlflow'

const post = async (emulator: Emulator, root: string, path: string, body: unknown, token = 't') => {
  const response = await emulator.fetch(`http://w.test${root}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const parsed: unknown = JSON.parse(await response.text())
  return { status: response.status, body: isMembers(parsed) ? parsed : {} }
}

const experimentIn = async (emulator: Emulator, root: string, name: string): Promise<string> => {
  const { body } = await post(emulator, root, 'experiments/create', { name })
  return JSON.stringify(body.experiment_id).replaceAll('"', '')
}

const runIn = async (emulator: Emulator, root: string, experiment_id: string): Promise<string> => {
  const { body } = await post(emulator, root, 'runs/create', { experiment_id })
  return /"run_id":"([0-9a-f]{32})"/.exec(JSON.stringify(body))?.[1] ?? ''
}

describe('tracking of the emulator', () => {
  it('is one for two processes on one state folder, and survives them', async () => {
    const state = stateFolder()
    const [one, two] = [start(state), start(state)]
    const experiment_id = await experimentIn(one, plain, 'shared')
    const run_id = await runIn(two, plain, experiment_id)
    const metric = { run_id, key: 'm', timestamp: 1 }
    await post(one, plain, 'runs/log-metric', { ...metric, value: 1, step: 1 })
    await post(two, plain, 'runs/log-metric', { ...metric, value: 2, step: 2 })
    await post(one, plain, 'runs/log-metric', { ...metric, value: 3, step: 1 })
    for (const emulator of open.splice(0)) await emulator.close()
    const search = { experiment_ids: [experiment_id], filter: 'metrics.m = 2' }
    const { body } = await post(start(state), plain, 'runs/search', search)
    expect(body).toMatchObject({ runs: [{ info: { run_id }, data: { metrics: [{ value: 2, step: 2 }] } }] })
  })

  it('writes nothing of a batch that is refused half way', async () => {
    const emulator = start()
    const run_id = await runIn(emulator, plain, '0')
    const metrics = [
      { key: 'good', value: 1, timestamp: 1 },
      { key: 'bad', value: 'many', timestamp: 1 },
    ]
    // A real server takes this, and what becomes of it is anybody's guess.
    expect((await post(emulator, plain, 'runs/log-batch', { run_id, metrics })).status).toBe(400)
    const found = await post(emulator, plain, 'runs/search', {
      experiment_ids: ['0'],
      filter: 'metrics.good = 1',
    })
    expect(found.body).toEqual({})
  })

  it('has numbers for experiments of the plain face, int64 for those of a workspace', async () => {
    const emulator = start()
    expect(await experimentIn(emulator, plain, 'a')).toBe('1')
    expect(await experimentIn(emulator, workspace, '/Shared/a')).toMatch(/^\d{19}$/)
    expect(await experimentIn(emulator, plain, 'b')).toBe('2')
  })

  it('puts artifacts where the face keeps them', async () => {
    const emulator = start()
    const ofRun = async (root: string, name: string) => {
      const experiment_id = await experimentIn(emulator, root, name)
      const { body } = await post(emulator, root, 'runs/create', { experiment_id })
      const model = await post(emulator, root, 'logged-models', { experiment_id })
      return `${JSON.stringify(body)}${JSON.stringify(model.body)}`.replaceAll(experiment_id, 'E')
    }
    expect(await ofRun(plain, 'a')).toMatch(
      /"mlflow-artifacts:\/E\/\w+\/artifacts".*"mlflow-artifacts:\/E\/models\/m-\w+\/artifacts"/,
    )
    expect(await ofRun(workspace, '/Workspace/Shared/a')).toMatch(
      /"dbfs:\/databricks\/mlflow-tracking\/E\/\w+\/artifacts".*"dbfs:\/databricks\/mlflow-tracking\/E\/logged_models\/m-\w+\/artifacts"/,
    )
  })

  it('asks both faces for a token, but not for health', async () => {
    const emulator = start()
    for (const root of [workspace, plain]) {
      const { status } = await post(emulator, root, 'runs/search', {}, 'wrong')
      expect(status).toBeGreaterThan(400)
    }
    expect((await emulator.fetch('http://w.test/mlflow/health')).status).toBe(200)
  })

  it('reads camelCase on the workspace face too, and refuses broken JSON there', async () => {
    const emulator = start()
    const experimentId = await experimentIn(emulator, workspace, '/Shared/camel')
    const { body } = await post(emulator, workspace, 'runs/create', { experimentId, runName: 'camel' })
    expect(body).toMatchObject({ run: { info: { run_name: 'camel' } } })
    expect((await post(emulator, workspace, 'runs/create', '{')).body.error_code).toBe('MALFORMED_REQUEST')
  })

  it('forgets everything but experiment 0 on reset', async () => {
    const emulator = start()
    await experimentIn(emulator, plain, 'gone')
    await emulator.fetch('http://w.test/_emulator/reset', { method: 'POST' })
    const { body } = await post(emulator, plain, 'experiments/search', { max_results: 10 })
    expect(body).toMatchObject({ experiments: [{ experiment_id: '0', name: 'Default' }] })
  })
})
