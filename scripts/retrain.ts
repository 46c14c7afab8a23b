#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { trainingArgs } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'retrain',
  about: 'Train, evaluate and promote to Staging when the champion is too old or fails on the data of today.',
  args: {
    ...projectArgs,
    ...trainingArgs,
  },
  run: async (run) => {
    const { retrainAll } = await import('../src/cli/model/retrain-command.ts')
    await withSession(run, retrainAll)
  },
})

await startIfMain(import.meta.url, script)
