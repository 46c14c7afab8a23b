/** Training with MLflow's own client, evaluation by real runs, and verdicts, on the three registries. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scriptNamed } from '../../src/cli/commands.ts'
import { runScript } from '../../src/cli/main.ts'
import { createLocalCompute } from '../../src/compute/local.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { systemClock } from '../../src/http/clock.ts'
import type { RegistryKind } from '../../src/plan/state-policy.ts'
import { commit, files, kinds, policy, repository } from './evaluate-project.ts'

interface Answer {
  exit: number
  stderr: string
  json: {
    result?: {
      models: {
        version: string
        verdict: string
        champion: string | null
        metrics: Record<string, number | string>
        champion_metrics: Record<string, number> | null
        dataset: { rows: number; newest: string; digest: string } | null
      }[]
    }
    verdicts?: { checks: { check: string; status: string; code?: string }[] }[]
    failure?: { code: string; message: string; hint: string }
  }
}

describe('models', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-evaluate-'))
  let emulator: Emulator
  let env: Record<string, string>

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  const brickrail = async (command: string, ...args: string[]): Promise<Answer> => {
    const script = await scriptNamed(command)
    if (!script) throw new Error(`no command ${command}`)
    const said = { stdout: '', stderr: '' }
    const exit = await runScript(script, [...args, '-o', 'json'], {
      env,
      cwd: folder,
      clock: systemClock,
      fetch: globalThis.fetch,
      stdout: { write: (text: string) => void (said.stdout += text) },
      stderr: { write: (text: string) => void (said.stderr += text) },
      stop: new AbortController().signal,
    })
    return { exit, stderr: said.stderr, json: JSON.parse(said.stdout) as Answer['json'] }
  }

  beforeAll(async () => {
    for (const [path, text] of Object.entries(files)) write(path, text)
    const state = join(folder, 'state')
    const cache = join(repository, '.cache/compute/environments')
    const compute = await createLocalCompute({ folder: join(state, 'runs'), cache, env: process.env })
    emulator = createEmulator({ clock: 'instant', state, compute })
    const { url } = await emulator.listen()
    const { PATH = '' } = process.env
    const ci = { GITLAB_CI: 'true', CI_COMMIT_SHA: commit }
    env = { PATH, HOME: folder, DATABRICKS_HOST: url, DATABRICKS_TOKEN: emulator.token, ...ci }
    const headers = { authorization: `Bearer ${emulator.token}` }
    const secrets = async (path: string, body: object) =>
      await fetch(`${url}/api/2.0/secrets/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    await secrets('scopes/create', { scope: 'models' })
    await secrets('put', { scope: 'models', key: 'mlflow', string_value: emulator.token })
    const { exit, stderr } = await brickrail('deploy')
    if (exit !== 0) throw new Error(`deploy ended with ${exit}: ${stderr}`)
  }, 900_000)

  afterAll(async () => {
    await emulator.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const train = async (kind: RegistryKind, quality: string): Promise<void> => {
    const { exit, stderr } = await brickrail('train', '--model', kind, '--param', `quality=${quality}`)
    if (exit !== 0) throw new Error(`train ended with ${exit}: ${stderr}`)
  }
  const evaluate = async (kind: RegistryKind, ...args: string[]) =>
    await brickrail('evaluate', '--model', kind, ...args)
  const statuses = ({ json }: Answer): Record<string, string> =>
    Object.fromEntries(
      (json.verdicts?.[0]?.checks ?? []).map(({ check, status, code }) => [check, code ?? status]),
    )

  describe.each(kinds)('%s', (kind) => {
    it('measures the first candidate alone, and lets it through', async () => {
      await train(kind, 'good')
      const ran = await evaluate(kind)
      expect([ran.exit, ran.stderr]).toEqual([0, expect.any(String)])
      expect(ran.json.result?.models[0]).toMatchObject({
        version: '1',
        champion: null,
        champion_metrics: null,
        verdict: 'passed',
        dataset: { rows: 100, newest: '2026-11-20T00:00:00Z' },
      })
      expect(statuses(ran)).toMatchObject({
        'lineage.commit': 'passed',
        'lineage.params': 'passed',
        'lineage.dataset': 'passed',
        'lineage.requirements': 'passed',
        'signature.present': 'passed',
        'signature.input-example': 'passed',
        'metrics.r2.min': 'passed',
        'data.rows': 'passed',
      })
      for (const to of ['staging', 'production'])
        expect((await brickrail('promote', '--model', kind, '--to', to)).exit).toBe(0)
    }, 300_000)

    it('measures champion and candidate on the same rows: a better one passes', async () => {
      await train(kind, 'better')
      const ran = await evaluate(kind)
      const [found] = ran.json.result?.models ?? []
      expect([ran.exit, found?.version, found?.champion, found?.verdict]).toEqual([0, '2', '1', 'passed'])
      expect(Number(found?.metrics['rmse'])).toBeLessThan(found?.champion_metrics?.['rmse'] ?? 0)
      expect(statuses(ran)).toMatchObject({
        'signature.compatible': 'passed',
        'metrics.rmse.relative-loss': 'passed',
      })
    }, 300_000)

    it('refuses a worse one, and says why', async () => {
      await train(kind, 'worse')
      // The rule still chooses the better one; the worse is named, where its training has registered it.
      const named = kind === 'unity-catalog' ? ['--version', '3'] : []
      if (named.length === 0)
        write(
          `pipelines/models/${kind}.yml`,
          policy(kind).replace('direction: min }] }', 'direction: max }] }'),
        )
      const ran = await evaluate(kind, ...named)
      write(`pipelines/models/${kind}.yml`, policy(kind))
      expect([ran.exit, ran.json.failure?.code]).toEqual([8, 'GATE_REFUSED'])
      expect(ran.json.failure?.message).toContain('metrics.rmse.relative-loss')
    }, 300_000)
  })

  it('predictions that are no numbers fail', async () => {
    await train('workspace', 'nan')
    const filter = `tags.quality = 'nan'`
    write(
      'pipelines/models/workspace.yml',
      policy('workspace').replace('/Shared/workspace }', `/Shared/workspace, filter: "${filter}" }`),
    )
    const ran = await evaluate('workspace')
    write('pipelines/models/workspace.yml', policy('workspace'))
    expect([ran.exit, ran.json.result?.models[0]?.metrics['rmse']]).toEqual([8, 'NaN'])
    expect(ran.json.failure?.code).toBe('GATE_REFUSED')
  }, 300_000)

  const rows: [string, (text: string) => string, RegExp][] = [
    [
      'no such column',
      (text) => text.replace('label: label', 'label: price'),
      /no column «price», which is the label/,
    ],
    ['no rows', (text) => text.replace('holdout.csv', 'empty.csv'), /has no rows/],
    ['no dataset', (text) => text.replace('holdout.csv', 'gone.csv'), /there is no dataset at/],
    [
      'no such slice',
      (text) => text.replace('by: quarter', 'by: region'),
      /no column «region», which is named by a slice/,
    ],
  ]
  it.each(rows)(
    '%s: nothing is measured, and nothing is kept',
    async (_name, spoil, message) => {
      write('pipelines/models/workspace.yml', spoil(policy('workspace')))
      const ran = await evaluate('workspace', '--version', '1')
      write('pipelines/models/workspace.yml', policy('workspace'))
      expect([ran.exit, ran.json.failure?.code, ran.json.failure?.message]).toEqual([
        8,
        'EVALUATION_FAILED',
        expect.stringMatching(message),
      ])
      expect(ran.json.failure?.hint).not.toBe('')
    },
    120_000,
  )
})
