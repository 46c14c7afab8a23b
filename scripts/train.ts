#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { trainingArgs } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'train',
  about: 'Train models: run the jobs of their policies, and name the candidates that come of it.',
  args: {
    ...projectArgs,
    ...trainingArgs,
  },
  run: async (run) => {
    const { trainAll } = await import('../src/cli/model/train-command.ts')
    await withSession(run, trainAll)
  },
})

await startIfMain(import.meta.url, script)
