import { expect, it } from 'vitest'
import { writes, type Harness } from '../support/harness.ts'
import { open, sound } from './project.ts'

const task = (task_key = 'main') => ({
  task_key,
  existing_cluster_id: '${clusters.Main.id}',
  spark_python_task: { python_file: '/Workspace/Shared/Sample/a.py' },
})

const withJobs = (settings: Readonly<Record<string, object>>): Record<string, string> => ({
  'pipelines/brickrail.yml': `${sound['pipelines/brickrail.yml'] ?? ''}jobs:\n${Object.keys(settings)
    .map((key) => `  ${key}: jobs/${key}.json\n`)
    .join('')}`,
  ...Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`pipelines/jobs/${key}.json`, JSON.stringify(value)]),
  ),
})

const counted = async (harness: Harness) => {
  const requests = await harness.requests()
  return {
    jobs: requests.filter(({ path }) => path.includes('/jobs/')).length,
    writes: writes(requests).length,
  }
}

const deployed = async (harness: Harness, ...args: string[]) => {
  await harness.forget()
  const ran = await harness.run('deploy', args)
  expect(ran.stderr).not.toContain('error:')
  expect(ran.exit).toBe(0)
  return ran
}

it('a hundred unchanged jobs cost one list, and a project without jobs no call about them', async () => {
  const names = Array.from({ length: 100 }, (_, i) => `job-${i}`)
  const harness = open(withJobs(Object.fromEntries(names.map((name) => [name, { tasks: [task()] }]))))
  await deployed(harness)
  await deployed(harness)
  expect(await counted(harness)).toEqual({ jobs: 1, writes: 0 })
  const without = open()
  await deployed(without)
  expect((await counted(without)).jobs).toBe(0)
})

it('a job of more than a hundred tasks is compared as a whole', async () => {
  const tasks = Array.from({ length: 130 }, (_, i) => task(`task-${i}`))
  const harness = open(withJobs({ big: { tasks } }))
  await deployed(harness)
  await deployed(harness)
  expect((await counted(harness)).writes).toBe(0)
  harness.write(
    'pipelines/jobs/big.json',
    JSON.stringify({ tasks: tasks.with(129, { ...task('task-129'), max_retries: 2 } as never) }),
  )
  const { stdout } = await deployed(harness)
  expect(stdout).toContain('tasks.task-129.max_retries: (not set) -> 2')
})

it('the document of `status` names the jobs, and the plan is data', async () => {
  const harness = open(withJobs({ train: { name: 'Train', tasks: [task()] } }))
  await deployed(harness)
  const { stdout } = await harness.run('status', ['--output', 'json'])
  expect(JSON.parse(stdout).result.jobs).toEqual([
    { key: 'train', id: expect.stringMatching(/^\d+$/), schedule: '', paused: false, pending: 'as declared' },
  ])
  harness.write('pipelines/jobs/train.json', JSON.stringify({ name: 'Train', tasks: [task('other')] }))
  const planned = JSON.parse((await harness.run('plan', ['--output', 'json'])).stdout)
  expect(planned.plan.jobs).toEqual([expect.objectContaining({ key: 'train', action: 'update', hits: [] })])
})

it('a section that goes takes its jobs with it', async () => {
  const harness = open(withJobs({ train: { tasks: [task()] } }))
  await deployed(harness)
  harness.write('pipelines/brickrail.yml', sound['pipelines/brickrail.yml'] ?? '')
  const { stdout } = await deployed(harness)
  expect(stdout).toContain('1 job to delete')
  await deployed(harness)
  expect(await counted(harness)).toEqual({ jobs: 0, writes: 0 })
})

it('a job that did not become what was sent is a failure', async () => {
  const harness = open(withJobs({ train: { tasks: [task()] } }))
  const { emulator } = harness
  const altered: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString()
    if (!url.includes('/jobs/create')) return await emulator.fetch(input, init)
    const body = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as { tasks: object[] }
    const tasks = body.tasks.map((one) => ({ ...one, max_retries: 7 }))
    return await emulator.fetch(input, {
      ...init,
      body: JSON.stringify({ ...body, max_concurrent_runs: 9, tasks, name: 'x' }),
    })
  }
  const ran = await harness.run('deploy', [], { fetch: altered })
  expect(ran.exit).toBe(4)
  expect(ran.stderr).toContain('reads back with other values of')
})

it('what an earlier run left of jobs is caught up', async () => {
  const harness = open(withJobs({ train: { tasks: [task()] } }))
  expect((await harness.run('build-cluster')).exit).toBe(0)
  expect((await harness.run('sync-workspace')).exit).toBe(0)
  const { stderr, stdout } = await harness.run('deploy', ['--catch-up'])
  expect(`${stderr}${stdout}`).toContain('left behind: job train was not deployed')
  expect((await harness.run('deploy', ['--catch-up'])).stdout).toContain('nothing left behind')
})
