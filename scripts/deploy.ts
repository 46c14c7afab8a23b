#!/usr/bin/env node
import { applyArgs, projectArgs, quietArg } from '../src/cli/args.ts'
import { applyPlanned, diskReader, planWhenFree } from '../src/cli/deployment.ts'
import { startIfMain } from '../src/cli/main.ts'
import { everything } from '../src/cli/planning.ts'
import { reportDeployment } from '../src/cli/results.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'
import { checkStored } from '../src/cli/stored-plan.ts'

export const script = defineScript({
  name: 'deploy',
  about: 'Bring the workspace to what the project declares: clusters, libraries and files.',
  args: {
    ...projectArgs,
    ...quietArg,
    ...applyArgs,
    plan: {
      type: 'string',
      description: 'apply exactly this plan; refused when anything has changed since',
      valueHint: 'plan.json',
    },
  },
  run: async (run) =>
    await withSession(run, async (session) => {
      const planned = await planWhenFree(session, session.project.desired, everything)
      const stored = run.values['plan']
      if (typeof stored === 'string') await checkStored(run.world.cwd, stored, planned.plan)
      run.emit({ type: 'plan', plan: planned.plan })
      const deployment = await applyPlanned(session, planned, diskReader(session))
      reportDeployment(session, deployment)
    }),
})

await startIfMain(import.meta.url, script)
