#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { historyData, historyTable } from '../src/cli/history.ts'
import { startIfMain } from '../src/cli/main.ts'
import { modelHistory } from '../src/cli/model/history-command.ts'
import { emptyAsAbsent } from '../src/cli/model/open.ts'
import { defineScript, type Run } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'
import { readHistory } from '../src/ledger/read.ts'
import { Fail } from '../src/errors.ts'

/** @throws Fail USAGE */
const limitOf = ({ values }: Run): number => {
  const limit = Number(values['limit'])
  if (!Number.isInteger(limit) || limit < 1)
    throw new Fail('USAGE', { what: '--limit is not a whole number from 1' })
  return limit
}

export const script = defineScript({
  name: 'history',
  about: 'The deployments of a target, or the promotions of a model: who, when, which commit, how it ended.',
  args: {
    ...projectArgs,
    model: { type: 'string', description: 'the promotions of this model', valueHint: 'key' },
    at: {
      type: 'string',
      description: 'with --model: which version was in Production and Staging at this moment',
      valueHint: 'time',
    },
    limit: { type: 'string', default: '20', description: 'at most so many, newest first', valueHint: 'n' },
  },
  run: async (run) => {
    const limit = limitOf(run)
    await withSession(run, async (session) => {
      const { client, place } = session
      if (emptyAsAbsent(run.values['model']) !== undefined) return await modelHistory(session, limit)
      if (run.values['at'] !== undefined) throw new Fail('USAGE', { what: '--at needs --model' })
      const records = await readHistory(client, place, limit)
      run.emit({
        type: 'result',
        data: { target: place.target, deployments: records.map(historyData) },
        text: historyTable(place.target, records),
      })
    })
  },
})

await startIfMain(import.meta.url, script)
