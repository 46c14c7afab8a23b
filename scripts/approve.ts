#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { oneModelArg, placeArg, versionArg } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'approve',
  about:
    'Approve that a model version goes to Staging or Production, as yourself, bound to the evidence that is shown.',
  args: {
    ...projectArgs,
    ...oneModelArg,
    ...placeArg('where it may go'),
    ...versionArg,
    comment: { type: 'string', description: 'kept with the approval', valueHint: 'text' },
    sign: {
      type: 'string',
      description: 'approve in a signed file, with this private key of OpenSSH',
      valueHint: 'key',
    },
  },
  run: async (run) => {
    const { approve } = await import('../src/cli/model/approve.ts')
    await withSession(run, approve)
  },
})

await startIfMain(import.meta.url, script)
