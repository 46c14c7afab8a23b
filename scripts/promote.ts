#!/usr/bin/env node
import { projectArgs, quietArg } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { placeArg, promotionArgs } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'promote',
  about:
    'Bring a model version to Staging or Production (challenger, champion) if its policy lets it: judged, locked, recorded.',
  args: {
    ...projectArgs,
    ...quietArg,
    ...promotionArgs,
    ...placeArg('where to'),
    plan: { type: 'boolean', description: 'show the verdict and what would be done; reads only' },
  },
  run: async (run) => {
    const { promoteAll } = await import('../src/cli/model/promote-all.ts')
    await withSession(run, promoteAll)
  },
})

await startIfMain(import.meta.url, script)
