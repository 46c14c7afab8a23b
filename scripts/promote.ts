#!/usr/bin/env node
import { projectArgs, quietArg } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { promoteAll } from '../src/cli/model/promote-all.ts'
import { promotionArgs } from '../src/cli/model/promote-args.ts'
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
    to: {
      type: 'enum',
      options: ['staging', 'production'],
      required: true,
      description: 'where to',
      valueHint: 'staging|production',
    },
    plan: { type: 'boolean', description: 'show the verdict and what would be done; reads only' },
  },
  run: async (run) => await withSession(run, promoteAll),
})

await startIfMain(import.meta.url, script)
