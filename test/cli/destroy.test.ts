import { expect, it } from 'vitest'
import { open, sound } from './project.ts'

const job = {
  tasks: [
    {
      task_key: 'a',
      existing_cluster_id: '${clusters.Main.id}',
      spark_python_task: {
        python_file: '${apps.model.path}/main.py',
        parameters: ['dbfs:/lake', '/dbfs/lake/features', 'dbfs:/never-written', '{{job.run_id}}'],
      },
    },
  ],
}

it('destroy names what runs have left on DBFS, and does not say «no longer declared»', async () => {
  const harness = open({
    'pipelines/brickrail.yml': `${sound['pipelines/brickrail.yml'] ?? ''}apps:\n  model: { source: ../apps/model, path: 'dbfs:/lake/code/model' }\njobs: { train: jobs/train.json }\n`,
    'pipelines/jobs/train.json': JSON.stringify(job),
    'apps/model/main.py': 'print(1)\n',
  })
  expect((await harness.run('deploy')).exit).toBe(0)
  const headers = { authorization: `Bearer ${harness.emulator.token}` }
  const body = JSON.stringify({ path: '/lake/features/part-0', contents: 'eA==' })
  const put = { method: 'POST', headers, body }
  await harness.emulator.fetch('http://workspace.test/api/2.0/dbfs/put', put)
  const { exit, stdout, stderr } = await harness.run('destroy', ['--yes'])
  expect(exit).toBe(0)
  expect(stderr).toContain(
    'left as it is, because runs made it and not a deployment: dbfs:/lake with code/, features/',
  )
  expect(stdout + stderr).not.toMatch(/never-written|no longer declared/)
  expect((await harness.run('destroy', ['--yes'])).stderr).not.toContain('left as it is')
})
