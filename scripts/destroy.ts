#!/usr/bin/env node
import { applyArgs, projectArgs } from '../src/cli/args.ts'
import { confirmTarget } from '../src/cli/confirm.ts'
import { applyPlanned, diskReader, planWhenFree } from '../src/cli/deployment.ts'
import { nothingOf } from '../src/cli/nothing.ts'
import { startIfMain } from '../src/cli/main.ts'
import { everything } from '../src/cli/planning.ts'
import { reportDeployment } from '../src/cli/results.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'destroy',
  about: 'Remove what this project has deployed to the target: its clusters and its files, nothing else.',
  args: {
    ...projectArgs,
    ...applyArgs,
    yes: { type: 'boolean', alias: 'y', description: 'do not ask for the name of the target' },
  },
  run: async (run) =>
    await withSession(run, async (session) => {
      const nothing = await nothingOf(session)
      const planned = await planWhenFree(session, nothing, everything)
      run.emit({ type: 'plan', plan: planned.plan })
      if (planned.plan.steps.length > 0) await confirmTarget(session)
      reportDeployment(session, await applyPlanned(session, planned, diskReader(session)))
    }),
})

await startIfMain(import.meta.url, script)
