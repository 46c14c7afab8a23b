#!/usr/bin/env node
import { projectArgs, quietArg } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { oneModelArg, promotionArgs } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'rollback-model',
  about:
    'Bring production of a model back to the version before: the one that the ledger names, or --version.',
  args: {
    ...projectArgs,
    ...quietArg,
    ...promotionArgs,
    ...oneModelArg,
    plan: { type: 'boolean', description: 'show what would be done; reads only' },
  },
  run: async (run) => {
    const { rollbackModel } = await import('../src/cli/model/rollback-model.ts')
    await withSession(run, rollbackModel)
  },
})

await startIfMain(import.meta.url, script)
