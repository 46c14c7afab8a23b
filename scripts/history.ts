#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { historyData, historyTable } from '../src/cli/history.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'
import { readHistory } from '../src/ledger/read.ts'
import { Fail } from '../src/errors.ts'

export const script = defineScript({
  name: 'history',
  about: 'The deployments of a target: who, when, which commit, how it ended.',
  args: {
    ...projectArgs,
    limit: { type: 'string', default: '20', description: 'at most so many, newest first', valueHint: 'n' },
  },
  run: async (run) =>
    await withSession(run, async ({ client, place }) => {
      const limit = Number(run.values['limit'])
      if (!Number.isInteger(limit) || limit < 1)
        throw new Fail('USAGE', { what: '--limit is not a whole number from 1' })
      const records = await readHistory(client, place, limit)
      run.emit({
        type: 'result',
        data: { target: place.target, deployments: records.map(historyData) },
        text: historyTable(place.target, records),
      })
    }),
})

await startIfMain(import.meta.url, script)
