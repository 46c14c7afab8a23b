#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'train',
  about: 'Train models: run the jobs of their policies, and name the candidates that come of it.',
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
    const { trainAll } = await import('../src/cli/model/train-command.ts')
    await withSession(run, trainAll)
  },
})

await startIfMain(import.meta.url, script)
