import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deployed, project, read } from './runnable.ts'

const error = 'ValueError: boom'
const trace = `Traceback (most recent call last):\n  File "main.py", line 3, in f\n${error}`
const times = (text: string, part: string): number => text.split(part).length - 1

describe('the trace of a failed task', () => {
  it.each([
    ['among the output', `hello\n${trace}\n`],
    ['told by the workspace only', 'hello\n'],
  ])('%s is on screen once, and whole in every report', async (_name, logs) => {
    const harness = await deployed()
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const url = input instanceof Request ? input.url : input.toString()
      if (!url.includes('/runs/get-output')) return await harness.emulator.fetch(input, init)
      return Response.json({ logs, error, error_trace: trace })
    }
    const env = {
      DATABRICKS_HOST: 'http://workspace.test',
      DATABRICKS_TOKEN: harness.emulator.token,
      BRICKRAIL_TARGET: 'dev',
      BRICKRAIL_REPORTS: 'reports',
    }
    const args = ['bad', '--only', 'code']
    const ran = await harness.run('run', args, { env, fetch })
    const file = (name: string) => readFileSync(join(harness.folder, 'reports', name), 'utf8')
    expect(times(ran.stdout + ran.stderr, 'Traceback')).toBe(1)
    expect(ran.stderr).toContain(`error: run`)
    expect(times(file('run.junit.xml'), 'Traceback')).toBe(1)
    expect(times(file('run.md'), 'Traceback')).toBe(1)
    const json = read((await harness.run('run', [...args, '-o', 'json'], { fetch })).stdout)
    expect(json.result.tasks[0]).toMatchObject({ trace })
    const shown = await harness.run('logs', [json.result.outputs.run_id, '--task', 'code'], { fetch })
    expect(times(shown.stdout + shown.stderr, 'Traceback')).toBe(1)
  })
})

it('a run on the embedded workspace has no address that could be opened', async () => {
  const harness = project()
  const yaml = readFileSync(join(harness.folder, 'pipelines/brickrail.yml'), 'utf8')
  harness.write('pipelines/brickrail.yml', yaml.replace('targets:', 'targets:\n  local: {}'))
  const env = { BRICKRAIL_EMBEDDED_COMPUTE: 'simulated', BRICKRAIL_EMBEDDED_CLOCK: 'instant' }
  expect((await harness.run('deploy', ['-t', 'local'], { env })).exit).toBe(0)
  const ran = await harness.run('run', ['bad', '-t', 'local'], { env })
  expect(ran.stdout + ran.stderr).not.toContain('http://embedded')
  expect(ran.stderr).toMatch(/`brickrail logs \d+ -t local` shows it again/)
})
