#!/usr/bin/env node
import { applyArgs, projectArgs } from '../src/cli/args.ts'
import { confirmTarget } from '../src/cli/confirm.ts'
import { readable } from '../src/cli/content.ts'
import { applyPlanned, planWhenFree } from '../src/cli/deployment.ts'
import { startIfMain } from '../src/cli/main.ts'
import { refuse } from '../src/cli/planning.ts'
import { leftAlone, numberBefore, restoreFrom } from '../src/cli/restore.ts'
import { reportDeployment } from '../src/cli/results.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'rollback',
  about:
    'Restore clusters, libraries, files and jobs of an earlier deployment, from the record kept in the workspace.',
  args: {
    ...projectArgs,
    ...applyArgs,
    to: {
      type: 'string',
      description: 'number of a finished deployment, see history; without it, the one before the newest',
      valueHint: 'n',
    },
    yes: {
      type: 'boolean',
      alias: 'y',
      description: 'do not ask: without --to, and before a cluster or a job is removed',
    },
  },
  run: async (run) =>
    await withSession(run, async (session) => {
      const { to } = run.values
      const asked = String(to ?? (await numberBefore(session)))
      if (to === undefined) run.emit({ type: 'notice', level: 'info', text: `back to deployment #${asked}` })
      const restored = await restoreFrom(session, asked)
      const { desired, scope, content } = restored
      const rest = leftAlone(session, asked, restored)
      if (rest !== undefined) run.emit({ type: 'notice', level: 'warning', text: rest })
      const planned = await planWhenFree(session, desired, scope)
      run.emit({ type: 'plan', plan: planned.plan })
      refuse(session, planned)
      await readable(planned.plan, content)
      if ([...planned.plan.clusters, ...(planned.plan.jobs ?? [])].some(({ action }) => action === 'delete'))
        await confirmTarget(session)
      else if (to === undefined && planned.plan.steps.length > 0)
        await confirmTarget(session, {
          danger: `This goes back to deployment #${asked}.`,
          what: `restores deployment #${asked}`,
        })
      reportDeployment(session, await applyPlanned(session, planned, content))
    }),
})

await startIfMain(import.meta.url, script)
