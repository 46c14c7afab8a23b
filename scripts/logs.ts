#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'logs',
  about: 'What the tasks of a run have printed, their errors and traces. Reads only.',
  args: {
    run: { type: 'positional', required: true, description: 'number of the run', valueHint: 'run' },
    ...projectArgs,
    task: { type: 'string', description: 'only of this task', valueHint: 'key' },
  },
  run: async (run) => {
    const { showLogs } = await import('../src/cli/logs.ts')
    await withSession(run, showLogs)
  },
})

await startIfMain(import.meta.url, script)
