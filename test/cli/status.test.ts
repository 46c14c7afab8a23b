import { expect, it } from 'vitest'
import { open, sound } from './project.ts'

const project = () =>
  open({
    'pipelines/brickrail.yml': `${sound['pipelines/brickrail.yml'] ?? ''}apps:\n  model: { source: ../apps/model, path: 'dbfs:/datalake/code/model' }\npackages:\n  lib: { source: ../lib }\n`,
    'apps/model/main.py': 'print(1)\n',
    'lib/pyproject.toml': '[project]\nname = "lib"\nversion = "1.0.0"\n',
    'lib/lib.py': 'x = 1\n',
  })

const version = expect.stringMatching(/^1\.0\.0\+/)

it('apps and packages are in the status, as text and as data', async () => {
  const harness = project()
  const { stdout } = await harness.run('status', ['--output', 'json'])
  const { apps, packages } = JSON.parse(stdout).result
  expect(apps).toEqual([
    { key: 'model', path: 'dbfs:/datalake/code/model', layout: 'versioned', files: 1, pending: 'deploy' },
  ])
  expect(packages).toEqual([
    { key: 'lib', version, path: expect.stringMatching(/\.whl$/), pending: 'upload' },
  ])
  const text = (await harness.run('status')).stdout
  expect(text).toMatch(/^package {2}version .*\nlib {6}1\.0\.0\+\S+ {2}upload$/m)
  expect(text).toMatch(/^model {2}dbfs:\/datalake\/code\/model {2}versioned {6}1 {2}deploy$/m)
})

it('a project without them has no table of them', async () => {
  const { stdout } = await open().run('status')
  expect(stdout).not.toMatch(/^(app|package|job) /m)
})
