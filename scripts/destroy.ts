#!/usr/bin/env node
import { applyArgs, projectArgs } from '../src/cli/args.ts'
import { confirmTarget } from '../src/cli/confirm.ts'
import { applyPlanned, planWhenFree } from '../src/cli/deployment.ts'
import { destroying, nothingOf } from '../src/cli/nothing.ts'
import { leftBehind } from '../src/cli/left-behind.ts'
import { startIfMain } from '../src/cli/main.ts'
import { everything } from '../src/cli/planning.ts'
import { reportDeployment } from '../src/cli/results.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'destroy',
  about:
    'Remove what this project has deployed to the target: its jobs, clusters, files, apps and packages, nothing else.',
  args: {
    ...projectArgs,
    ...applyArgs,
    yes: { type: 'boolean', alias: 'y', description: 'do not ask for the name of the target' },
  },
  run: async (run) =>
    await withSession(run, async (session) => {
      const nothing = await nothingOf(session)
      const found = await planWhenFree(session, nothing, everything)
      const planned = { ...found, plan: destroying(found.plan) }
      run.emit({ type: 'plan', plan: planned.plan })
      if (planned.plan.steps.length > 0) await confirmTarget(session)
      const done = await applyPlanned(session, planned)
      const left = await leftBehind(session, found.observation.deployed.ledger.state)
      if (left !== undefined) run.emit({ type: 'notice', level: 'info', ...left })
      reportDeployment(session, done)
    }),
})

await startIfMain(import.meta.url, script)
