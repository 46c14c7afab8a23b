import { afterEach, describe, expect, it } from 'vitest'
import { createHarness, writes, type Harness } from '../support/harness.ts'

const project = {
  'pipelines/brickrail.yml': `name: outdated
targets:
  dev: { host: "\${env.DATABRICKS_HOST}" }
workspace: { source: ../workspace, path: /Shared/Outdated }
`,
  'workspace/a.txt': 'one\n',
}

let harness: Harness
afterEach(() => harness.close())

type Env = Record<string, string>

const hosts: Record<string, (id: string) => Env> = {
  GitLab: (id) => ({
    GITLAB_CI: 'true',
    CI_PIPELINE_ID: id,
    CI_PIPELINE_URL: `https://gitlab.test/-/pipelines/${id}`,
  }),
  'Azure DevOps': (id) => ({ TF_BUILD: 'True', BUILD_BUILDID: id }),
  GitHub: (id) => ({ GITHUB_ACTIONS: 'true', GITHUB_RUN_ID: id }),
}

const deploy = async (env: Env, ...args: string[]) => {
  await harness.forget()
  const workspace = {
    DATABRICKS_HOST: 'http://workspace.test',
    DATABRICKS_TOKEN: harness.emulator.token,
    BRICKRAIL_TARGET: 'dev',
  }
  const { exit, stdout, stderr } = await harness.run('deploy', args, { env: { ...workspace, ...env } })
  return { exit, said: stdout + stderr, wrote: writes(await harness.requests()).length > 0 }
}

describe.each(Object.entries(hosts))('on %s', (_host, pipeline) => {
  const newer = async (...args: string[]) => {
    harness = createHarness(project)
    expect(await deploy(pipeline('1000'))).toMatchObject({ exit: 0, wrote: true })
    harness.write('workspace/a.txt', 'two\n')
    return await deploy(pipeline('999'), ...args)
  }

  it.each([[[]], [['--catch-up']]])('an older pipeline leaves the target as it is: %s', async (args) => {
    expect(await newer(...args)).toMatchObject({
      exit: 0,
      wrote: false,
      said: expect.stringMatching(/outdated: deployment #1 .*came from a later one, .*1000/s),
    })
  })

  it('unless it is told to', async () => {
    expect(await newer('--allow-outdated')).toMatchObject({ exit: 0, wrote: true })
  })

  it('the same one may be repeated, and a later one goes on, whatever the length of its number', async () => {
    await newer()
    expect(await deploy(pipeline('1000'))).toMatchObject({ exit: 0, wrote: true })
    harness.write('workspace/a.txt', 'three\n')
    expect(await deploy(pipeline('10000'))).toMatchObject({ exit: 0, wrote: true })
  })
})

it('two pipelines of one commit are of one age', async () => {
  harness = createHarness(project)
  const azure = (id: string) => ({ TF_BUILD: 'True', BUILD_BUILDID: id, BUILD_SOURCEVERSION: 'c0ffee' })
  expect(await deploy(azure('1001'))).toMatchObject({ exit: 0, wrote: true })
  harness.write('workspace/a.txt', 'two\n')
  expect(await deploy(azure('1000'))).toMatchObject({ exit: 0, wrote: true })
  const older = { ...azure('999'), BUILD_SOURCEVERSION: 'decade' }
  harness.write('workspace/a.txt', 'three\n')
  expect(await deploy(older)).toMatchObject({ exit: 0, wrote: false })
})

it.each([
  ['another host', hosts['GitHub']?.('7')],
  ['a developer', {}],
  ['a pipeline whose number is none', hosts['GitLab']?.('abc')],
])('%s has no number to compare', async (_who, env) => {
  harness = createHarness(project)
  expect(await deploy(hosts['GitLab']?.('1000') ?? {})).toMatchObject({ exit: 0 })
  harness.write('workspace/a.txt', 'two\n')
  expect(await deploy(env ?? {})).toMatchObject({ exit: 0, wrote: true })
})
