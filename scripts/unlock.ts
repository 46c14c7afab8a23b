#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { isDead } from '../src/cli/owner.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'
import { unlock } from '../src/ledger/unlock.ts'

export const script = defineScript({
  name: 'unlock',
  about: 'End the lock of a run that died. Its lock would end by itself, some minutes later.',
  args: {
    ...projectArgs,
    force: { type: 'boolean', description: 'also when that run still gives signs of life' },
  },
  run: async (run) =>
    await withSession(run, async ({ client, place }) => {
      const { clock } = run.world
      const record = await unlock({ client, clock, place, isDead, force: run.values['force'] === true })
      const text = record
        ? `the lock of deployment #${record.number} by ${record.owner.actor} is ended; the next deploy goes on from what is there`
        : `${place.target} is not locked`
      run.emit({ type: 'result', data: { target: place.target, unlocked: record?.number ?? null }, text })
    }),
})

await startIfMain(import.meta.url, script)
