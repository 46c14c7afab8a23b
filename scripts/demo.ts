#!/usr/bin/env node
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'zx/core'
import { startIfMain } from '../src/cli/main.ts'
import { scaffold } from '../src/cli/scaffold.ts'
import { defineScript, type Run } from '../src/cli/script.ts'
import { demoScreen, firstLines, rehearse, type DemoScreen } from '../src/cli/demo.ts'
import { packageRoot } from '../src/cli/version.ts'

interface Stage {
  folder: string
  /** Whether the folder is a repository with a commit: models are bound to one. */
  commit: boolean
  screen: DemoScreen
  brickrail: (...args: string[]) => Promise<void>
}

/** Make it a repository of one commit. False where there is no git. */
const committed = async (folder: string, signal: AbortSignal): Promise<boolean> => {
  const git = $({ cwd: folder, signal, nothrow: true, quiet: true })
  const author = ['-c', 'user.name=demo', '-c', 'user.email=demo@example.com', '-c', 'commit.gpgsign=false']
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...author, 'commit', '-q', '-m', 'the sample'],
  ])
    if ((await git`git ${args}`).exitCode !== 0) return false
  return true
}

const deployed = async ({ screen, brickrail }: Stage): Promise<void> => {
  screen.say('First deployment: a cluster with its libraries, the files, the code on DBFS, and two jobs.')
  await brickrail('deploy')
  screen.say('Again. Nothing changed, so nothing is touched.')
  await brickrail('deploy')
}

const trained = async ({ folder, commit, screen, brickrail }: Stage): Promise<void> => {
  screen.say('Now the job «train»: features, a random forest, predictions, and a notebook that reports.')
  await (commit ? brickrail('train') : brickrail('run', 'train'))
  screen.say('And the tests: those of the code here, those of the price table on the cluster.')
  await (commit ? brickrail('test', '--record') : brickrail('test'))
  const reports = join(folder, 'brickrail-reports')
  const name = (await readdir(reports)).find((file) => /^test.*\.junit\.xml$/.test(file)) ?? 'test.junit.xml'
  screen.say('Both are one JUnit report, which CI hosts show beside the merge request:')
  screen.note(firstLines(await readFile(join(reports, name), 'utf8')))
}

const promoted = async ({ commit, screen, brickrail }: Stage): Promise<void> => {
  if (!commit)
    return screen.note('There is no git here: no commit, so nothing that a model could be promoted for.')
  screen.say(
    'MLflow has the model now. Measured on days that no training has seen, it has to pass its policy.',
  )
  await brickrail('evaluate')
  screen.say('It passed, and the tests of this very commit did: Staging.')
  await brickrail('promote', '--to', 'staging')
  await brickrail('models')
}

const changed = async ({ folder, screen, brickrail }: Stage): Promise<void> => {
  screen.say('Two workers instead of one, and larger machines, in pipelines/clusters/hello-cluster.json.')
  const file = join(folder, 'pipelines/clusters/hello-cluster.json')
  const text = await readFile(file, 'utf8')
  await writeFile(
    file,
    text.replace('"num_workers": 1', '"num_workers": 2').replace('Standard_DS3_v2', 'Standard_DS4_v2'),
  )
  await brickrail('plan', '--quiet')
  await brickrail('deploy', '--quiet')
  screen.say('What is there now, and how it came about:')
  await brickrail('status')
  await brickrail('history')
}

const show = async (run: Run, folder: string): Promise<void> => {
  const screen = demoScreen(run.world)
  screen.say(
    'A new repository with the sample project: pipelines/ says what should exist, workspace/ is the code.',
  )
  await scaffold(folder, { name: 'demo' })
  const libraries = join(folder, 'pipelines/libraries/hello-cluster.yml')
  const simulated = await rehearse({ run, screen, libraries })
  const env = {
    ...run.world.env,
    BRICKRAIL_EMBEDDED_COMPUTE: simulated === undefined ? 'auto' : 'simulated',
    BRICKRAIL_REPORTS: join(folder, 'brickrail-reports'),
  }
  const shell = $({ cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'], signal: run.world.stop })
  const brickrail = async (...args: string[]) => {
    screen.command(args)
    await shell`${process.execPath} ${join(packageRoot, 'dist/scripts/brickrail.js')} ${args}`
  }
  const commit = await committed(folder, run.world.stop)
  const stage = { folder, commit, screen, brickrail }
  if (simulated !== undefined) screen.skip(simulated)
  await deployed(stage)
  if (simulated === undefined) {
    await trained(stage)
    await promoted(stage)
  }
  await changed(stage)
  screen.end()
}

export const script = defineScript({
  name: 'demo',
  about:
    'Watch it happen on the embedded workspace: deploy the sample, train its model, test it, promote it, deploy a change.',
  args: {},
  run: async (run) => {
    const folder = await mkdtemp(join(tmpdir(), 'brickrail-demo-'))
    try {
      await show(run, folder)
    } catch (error) {
      run.world.stop.throwIfAborted()
      throw error
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
})

await startIfMain(import.meta.url, script)
