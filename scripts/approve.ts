#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { approve } from '../src/cli/model/approve.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'approve',
  about:
    'Approve that a model version goes to Staging or Production, as yourself, bound to the evidence that is shown.',
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
      description: 'where it may go',
      valueHint: 'staging|production',
    },
    version: {
      type: 'string',
      description: 'the version; if not given, the one that is its turn',
      valueHint: 'n',
    },
    comment: { type: 'string', description: 'kept with the approval', valueHint: 'text' },
    sign: {
      type: 'string',
      description: 'approve in a signed file, with this private key of OpenSSH',
      valueHint: 'key',
    },
  },
  run: async (run) => await withSession(run, approve),
})

await startIfMain(import.meta.url, script)
