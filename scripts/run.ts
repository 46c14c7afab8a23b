#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'run',
  about: 'Run a job or a file and follow it: every result but SUCCESS fails.',
  args: {
    job: {
      type: 'positional',
      required: true,
      description: 'key or name of a job; or a synced file, a path in the workspace, or dbfs:/…',
      valueHint: 'job|file',
    },
    ...projectArgs,
    param: { type: 'string', description: 'set a parameter; may be repeated', valueHint: 'name=value' },
    wait: {
      type: 'boolean',
      default: true,
      description: 'follow the run to its end',
      negativeDescription: 'only start it, and print its number and address',
    },
    timeout: {
      type: 'string',
      default: '0',
      description: 'cancel the run after so long; 0: as long as the job allows',
      valueHint: 'seconds',
    },
    cluster: {
      type: 'string',
      description: 'of a file: key of the cluster to run it on; if not given, the only one',
      valueHint: 'key',
    },
    only: { type: 'string', description: 'of a job: run only this task; may be repeated', valueHint: 'task' },
  },
  run: async (run) => {
    const { runWord } = await import('../src/cli/run/run.ts')
    await withSession(run, runWord)
  },
})

await startIfMain(import.meta.url, script)
