#!/usr/bin/env node
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'zx/core'
import { startIfMain } from '../src/cli/main.ts'
import { scaffold } from '../src/cli/scaffold.ts'
import { defineScript } from '../src/cli/script.ts'
import { demoScreen } from '../src/cli/demo.ts'
import { packageRoot } from '../src/cli/version.ts'

export const script = defineScript({
  name: 'demo',
  about:
    'Watch it happen on the embedded workspace: deploy the sample, deploy it again, change it, deploy the change.',
  args: {},
  run: async (run) => {
    const screen = demoScreen(run.world)
    const folder = await mkdtemp(join(tmpdir(), 'brickrail-demo-'))
    const shell = $({ cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], signal: run.world.stop })
    const brickrail = async (...args: string[]) => {
      screen.command(args)
      await shell`${process.execPath} ${join(packageRoot, 'dist/scripts/brickrail.js')} ${args}`
    }
    try {
      screen.say(
        'A new repository with the sample project: pipelines/ says what should exist, workspace/ is the code.',
      )
      await scaffold(folder, { name: 'demo' })
      screen.say('First deployment: a cluster, its libraries, and the files.')
      await brickrail('deploy')
      screen.say('Again. Nothing changed, so nothing is touched.')
      await brickrail('deploy')
      screen.say(
        'Now two workers instead of one, and larger machines, in pipelines/clusters/hello-cluster.json.',
      )
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
      screen.end()
    } catch (error) {
      run.world.stop.throwIfAborted()
      throw error
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
})

await startIfMain(import.meta.url, script)
