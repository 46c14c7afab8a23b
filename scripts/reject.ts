#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { oneModelArg, placeArg, versionArg } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'reject',
  about: 'Say no to a model version: requests are closed, and promote refuses it until it is evaluated anew.',
  args: {
    ...projectArgs,
    ...oneModelArg,
    ...placeArg('where it may not go'),
    ...versionArg,
    reason: {
      type: 'string',
      required: true,
      description: 'why; kept in the ledger and the registry',
      valueHint: 'text',
    },
  },
  run: async (run) => {
    const { reject } = await import('../src/cli/model/reject.ts')
    await withSession(run, reject)
  },
})

await startIfMain(import.meta.url, script)
