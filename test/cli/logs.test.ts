import { describe, expect, it } from 'vitest'
import { deployed, read } from './runnable.ts'

describe('logs', () => {
  it('of a run that has failed: exit 0, with the error', async () => {
    const harness = await deployed()
    const { result } = read((await harness.run('run', ['bad', '-o', 'json'])).stdout)
    const shown = await harness.run('logs', [result.outputs.run_id])
    expect([shown.exit, shown.stdout]).toEqual([0, expect.stringContaining('no code runs here')])
    const one = await harness.run('logs', [result.outputs.run_id, '--task', 'after', '-o', 'json'])
    expect(read(one.stdout).result.tasks.map((task) => task.task_key)).toEqual(['after'])
  })

  it('tells the parameters with which the run was started', async () => {
    const harness = await deployed()
    const { result } = read((await harness.run('run', ['good', '--param', 'depth=1', '-o', 'json'])).stdout)
    const shown = await harness.run('logs', [result.outputs.run_id])
    expect(shown.stdout).toContain('parameters: depth=1')
    const json = await harness.run('logs', [result.outputs.run_id, '-o', 'json'])
    expect(read(json.stdout).result).toMatchObject({ parameters: { depth: '1' } })
  })

  it.each<[string[], string]>([
    [['123'], 'there is no run 123 on http://workspace.test'],
    [['abc'], '«abc» is not the number of a run'],
    [['99999999999999999999'], 'is not the number of a run'],
  ])('%s: exit 2', async (args, says) => {
    const ran = await (await deployed()).run('logs', args)
    expect([ran.exit, ran.stderr]).toEqual([2, expect.stringContaining(says)])
  })

  it('of a task that is not there names the one that is meant', async () => {
    const harness = await deployed()
    const { result } = read((await harness.run('run', ['bad', '-o', 'json'])).stdout)
    const ran = await harness.run('logs', [result.outputs.run_id, '--task', 'cod'])
    expect([ran.exit, ran.stderr]).toEqual([2, expect.stringContaining('did you mean «code»?')])
  })
})
