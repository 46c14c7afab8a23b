#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { isDead } from '../src/cli/owner.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'
import { chosenPolicies } from '../src/cli/model/open.ts'
import { promotions } from '../src/ledger/promotion.ts'
import { deployments, type JournalName, type JournalRecord } from '../src/ledger/record.ts'
import { unlock } from '../src/ledger/unlock.ts'

const ended = (record: JournalRecord | undefined, { kind, subject }: JournalName): string =>
  record
    ? `the lock of ${kind} #${record.number} by ${record.owner.actor} is ended; the next ${kind === 'deployment' ? 'deploy' : 'promote'} goes on from what is there`
    : `${subject} is not locked`

export const script = defineScript({
  name: 'unlock',
  about: 'End the lock of a run that died. Its lock would end by itself, some minutes later.',
  args: {
    ...projectArgs,
    model: {
      type: 'string',
      description: 'the lock of the promotions of this model, not that of deployments',
      valueHint: 'key',
    },
    force: { type: 'boolean', description: 'also when that run still gives signs of life' },
  },
  run: async (run) =>
    await withSession(run, async (session) => {
      const { client, place } = session
      const { clock } = run.world
      const { model, force } = run.values
      const options = { client, clock, isDead, force: force === true }
      const key = typeof model === 'string' ? chosenPolicies(session, [model])[0]?.key : undefined
      const journal = key === undefined ? deployments(place) : promotions(place, key)
      const record =
        key === undefined
          ? await unlock({ ...options, journal: deployments(place) })
          : await unlock({ ...options, journal: promotions(place, key) })
      const data = {
        target: place.target,
        ...(key === undefined ? {} : { model: key }),
        unlocked: record?.number ?? null,
      }
      run.emit({ type: 'result', data, text: ended(record, journal) })
    }),
})

await startIfMain(import.meta.url, script)
