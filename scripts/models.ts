#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { models } from '../src/cli/model/models.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'models',
  about: 'Versions of the models: where they are, metrics, commit, tests, verdict, and who promoted them.',
  args: {
    ...projectArgs,
    model: {
      type: 'string',
      description: 'key of a model; if not given, every declared one',
      valueHint: 'key',
    },
    limit: {
      type: 'string',
      default: '20',
      description: 'at most so many versions of each, newest first, and those at a place',
      valueHint: 'n',
    },
  },
  run: async (run) => await withSession(run, models),
})

await startIfMain(import.meta.url, script)
