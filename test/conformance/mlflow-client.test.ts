/** MLflow's own client, unmodified and without special variables, against a served embedded workspace: both majors, every registry. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { installMlflow2 } from './mlflow-clients.ts'
import { installMlflow } from './mlflow-server.ts'
import { run } from './peers.ts'

const session = join(import.meta.dirname, 'mlflow_client_session.py')

const cases = [
  'experiment_and_runs',
  'search_runs',
  'dataset_input',
  'artifacts',
  'log_model_registered',
  'load_by_run',
  'load_by_model_id',
  'load_by_version',
  'signature_and_example',
  'stages_serve',
  'aliases_serve',
  'registry_crud',
  'register_by_hand',
  'autolog',
  'delete_and_restore',
] as const

type Kind = 'workspace' | 'unity-catalog' | 'server'

const environment = (kind: Kind, url: string, token: string): Record<string, string> =>
  kind === 'server'
    ? { MLFLOW_TRACKING_URI: `${url}/mlflow`, MLFLOW_TRACKING_TOKEN: token }
    : {
        MLFLOW_TRACKING_URI: 'databricks',
        MLFLOW_REGISTRY_URI: kind === 'workspace' ? 'databricks' : 'databricks-uc',
        DATABRICKS_HOST: url,
        DATABRICKS_TOKEN: token,
      }

const kinds: Kind[] = ['workspace', 'unity-catalog', 'server']

describe.each([
  ['3', installMlflow],
  ['2', installMlflow2],
] as const)('MLflow %s', (major, install) => {
  let python = ''
  beforeAll(async () => {
    python = await install()
  }, 900_000)

  describe.each(kinds)('%s', (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'brickrail-mlflow-'))
    let emulator: Emulator | undefined
    let answer: { version: string; results: Record<string, string> } | undefined
    beforeAll(async () => {
      emulator = createEmulator({ clock: 'instant' })
      const { url } = await emulator.listen()
      const env = {
        ...environment(kind, url, emulator.token),
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        LC_ALL: 'C.UTF-8',
        // No report of its use goes out; nothing else depends on it.
        MLFLOW_DISABLE_TELEMETRY: 'true',
      }
      const { status, stdout, stderr } = await run(python, [session, kind, folder], env, folder)
      if (status !== 0) throw new Error(`the session ended with ${status}\n${stdout}\n${stderr}`)
      answer = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    }, 300_000)
    afterAll(async () => {
      await emulator?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it('is the client of that major, and did all of it', () => {
      expect(answer?.version.split('.')[0]).toBe(major)
      expect(Object.keys(answer?.results ?? {}).toSorted()).toEqual(cases.toSorted())
    })

    it.each(cases)('%s', (name) => expect(answer?.results[name]).toBe('ok'))
  })
})
