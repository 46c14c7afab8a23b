#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { oneModelArg } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'compare',
  about: 'Rank versions or runs by metrics, and show the params that differ.',
  args: {
    ...projectArgs,
    ...oneModelArg,
    versions: { type: 'string', description: 'versions of the model', valueHint: '3,5' },
    runs: { type: 'string', description: 'ids of runs', valueHint: 'a,b' },
    experiment: { type: 'string', description: 'the newest runs of an experiment', valueHint: 'path' },
    filter: { type: 'string', description: 'of the runs of an experiment', valueHint: 'filter' },
    metric: {
      type: 'string',
      description: 'rank by it, min or max is better; may be repeated; if not given, those of the policy',
      valueHint: 'name:min|max',
    },
    limit: {
      type: 'string',
      default: '20',
      description: 'at most so many runs of an experiment',
      valueHint: 'n',
    },
  },
  run: async (run) => {
    const { compare } = await import('../src/cli/model/compare.ts')
    await withSession(run, compare)
  },
})

await startIfMain(import.meta.url, script)
