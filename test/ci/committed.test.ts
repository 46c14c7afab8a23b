import { expect, it, onTestFinished } from 'vitest'
import { createHarness, repository } from '../support/harness.ts'

it('the pipeline files of this repository are as its own spec generates them', async () => {
  const harness = createHarness()
  onTestFinished(() => harness.close())
  const { exit, stdout } = await harness.run('generate', ['--check'], { cwd: repository })
  expect([exit, stdout]).toEqual([
    0,
    expect.stringMatching(/^\d+ pipeline files are as the spec generates them/),
  ])
})
