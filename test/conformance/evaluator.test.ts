/** The evaluator's own Python, on awkward data and models, with the pandas of two generations of MLflow. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { installMlflow2 } from './mlflow-clients.ts'
import { installMlflow } from './mlflow-server.ts'
import { run } from './peers.ts'

const parts = join(import.meta.dirname, '..', '..', 'src', 'cli', 'model', 'evaluator')

it.each([
  ['pandas 3', installMlflow],
  ['pandas 2', installMlflow2],
])('measures what it should, and refuses the rest: %s', async (_name, install) => {
  const python = await install()
  const { status, stderr } = await run(
    python,
    [join(import.meta.dirname, 'evaluator_cases.py'), parts],
    {},
    parts,
  )
  expect([status, stderr]).toEqual([0, expect.stringMatching(/Ran 1\d tests[^]*OK/)])
})
