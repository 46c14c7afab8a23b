import { expect } from 'vitest'
import type { Harness } from '../support/harness.ts'
import { open, sound } from './project.ts'

/** Conditions need no code, so that runs of them succeed on a workspace that runs none. */
const condition = (key: string, left: string, after: string[] = []) => ({
  task_key: key,
  depends_on: after.map((one) => ({ task_key: one })),
  condition_task: { op: 'EQUAL_TO', left, right: '1' },
})
const code = {
  task_key: 'code',
  existing_cluster_id: '${clusters.Main.id}',
  spark_python_task: { python_file: '/Workspace/Shared/Sample/a.py', source: 'WORKSPACE' },
}
export const jobs = {
  good: {
    name: 'sample good',
    tasks: [condition('first', '{{job.parameters.depth}}'), condition('second', '2', ['first'])],
    parameters: [{ name: 'depth', default: '1' }],
  },
  bad: { name: 'bad', tasks: [code, condition('after', '1', ['code'])] },
}

export const project = (): Harness => {
  const yaml = `${sound['pipelines/brickrail.yml']}jobs: { good: jobs/good.json, bad: jobs/bad.json }\n`
  return open({
    'pipelines/brickrail.yml': yaml,
    'pipelines/jobs/good.json': JSON.stringify(jobs.good),
    'pipelines/jobs/bad.json': JSON.stringify(jobs.bad),
  })
}

export const deployed = async (): Promise<Harness> => {
  const harness = project()
  expect((await harness.run('deploy')).exit).toBe(0)
  await harness.forget()
  return harness
}

export const asked = async (harness: Harness, path: string): Promise<number> =>
  (await harness.requests()).filter((one) => one.path.endsWith(path)).length

interface Result {
  ok: boolean
  result: {
    outputs: { run_id: string }
    state: string
    tasks: { task_key: string; state: string; error?: string }[]
  }
  failure?: { code: string; message: string }
}
export const read = (text: string): Result => JSON.parse(text) as Result
