#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { everyModelArg } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'models',
  about: 'Versions of the models: where they are, metrics, commit, tests, verdict, and who promoted them.',
  args: {
    ...projectArgs,
    ...everyModelArg,
    limit: {
      type: 'string',
      default: '20',
      description: 'at most so many versions of each, newest first, and those at a place',
      valueHint: 'n',
    },
  },
  run: async (run) => {
    const { models } = await import('../src/cli/model/models.ts')
    await withSession(run, models)
  },
})

await startIfMain(import.meta.url, script)
