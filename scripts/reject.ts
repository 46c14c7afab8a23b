#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { reject } from '../src/cli/model/reject.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'reject',
  about: 'Say no to a model version: requests are closed, and promote refuses it until it is evaluated anew.',
  args: {
    ...projectArgs,
    model: {
      type: 'string',
      description: 'key of the model; needed where several are declared',
      valueHint: 'key',
    },
    to: {
      type: 'enum',
      options: ['staging', 'production'],
      required: true,
      description: 'where it may not go',
      valueHint: 'staging|production',
    },
    version: {
      type: 'string',
      description: 'the version; if not given, the one that is its turn',
      valueHint: 'n',
    },
    reason: {
      type: 'string',
      required: true,
      description: 'why; kept in the ledger and the registry',
      valueHint: 'text',
    },
  },
  run: async (run) => await withSession(run, reject),
})

await startIfMain(import.meta.url, script)
