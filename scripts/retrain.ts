#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'retrain',
  about: 'Train, evaluate and promote to Staging when the champion is too old or fails on the data of today.',
  args: {
    ...projectArgs,
    model: {
      type: 'string',
      description: 'key of a model; may be repeated; if not given, every declared one',
      valueHint: 'key',
    },
    param: {
      type: 'string',
      description: 'set a parameter of the training job; may be repeated',
      valueHint: 'name=value',
    },
    timeout: {
      type: 'string',
      default: '0',
      description: 'cancel the training after so long; 0: as long as the job allows',
      valueHint: 'seconds',
    },
  },
  run: async (run) => {
    const { retrainAll } = await import('../src/cli/model/retrain-command.ts')
    await withSession(run, retrainAll)
  },
})

await startIfMain(import.meta.url, script)
