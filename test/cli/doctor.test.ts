import { describe, expect, it } from 'vitest'
import { open, sound } from './project.ts'

const jobs = 'jobs: { good: jobs/good.json }\n'
const code =
  "apps:\n  model: { source: ../apps/model, path: 'dbfs:/datalake/code/model' }\npackages:\n  lib: { source: ../lib, path: 'dbfs:/FileStore/wheels' }\n"
const files = {
  'pipelines/brickrail.yml': `${sound['pipelines/brickrail.yml'] ?? ''}${code}${jobs}`,
  'pipelines/jobs/good.json': JSON.stringify({
    tasks: [{ task_key: 'a', condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } }],
  }),
  'apps/model/main.py': 'print(1)\n',
  'lib/pyproject.toml': '[project]\nname = "lib"\nversion = "1.0.0"\n',
  'lib/lib.py': 'x = 1\n',
}

describe('doctor', () => {
  it('asks for DBFS and jobs where they are declared, and ends with a line', async () => {
    const harness = open(files)
    const { stdout } = await harness.run('doctor')
    expect(stdout).toMatch(/^✓ {2}DBFS +2 declared path\(s\) can be looked at/m)
    expect(stdout).toMatch(/^✓ {2}jobs +jobs can be listed/m)
    expect(stdout).toMatch(/\n\S.* checks are good.*\n$/)
  })

  it('says that DBFS cannot be read, and that there is no Python for the packages', async () => {
    const harness = open(files)
    await harness.control('faults', {
      path: '/api/2.0/dbfs/get-status',
      status: 403,
      body: { error_code: 'PERMISSION_DENIED', message: 'DBFS root is off' },
      times: 9,
    })
    const env = {
      DATABRICKS_HOST: 'http://workspace.test',
      DATABRICKS_TOKEN: harness.emulator.token,
      PATH: '/nonexistent',
    }
    const { exit, stdout } = await harness.run('doctor', [], { env })
    expect(exit).toBe(5)
    expect(stdout).toMatch(/^✗ {2}DBFS .*DBFS root is off/m)
    expect(stdout).toMatch(/^✗ {2}Python .*packages cannot be built/m)
    expect(stdout).toContain('2 failed')
  })

  it('has no row for what is not declared', async () => {
    const { stdout } = await open().run('doctor')
    expect(stdout).not.toMatch(/DBFS|Python|^. {2}jobs/m)
    expect(stdout).toContain('all 8 checks are good')
  })
})
