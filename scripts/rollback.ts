#!/usr/bin/env node
import { applyArgs, projectArgs } from '../src/cli/args.ts'
import { confirmTarget } from '../src/cli/confirm.ts'
import { applyPlanned, planWhenFree } from '../src/cli/deployment.ts'
import { startIfMain } from '../src/cli/main.ts'
import { refuse } from '../src/cli/planning.ts'
import { leftAlone, readable, restoreFrom } from '../src/cli/restore.ts'
import { reportDeployment } from '../src/cli/results.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'rollback',
  about:
    'Restore cluster spec, libraries and files of an earlier deployment, from the record kept in the workspace.',
  args: {
    ...projectArgs,
    ...applyArgs,
    to: {
      type: 'string',
      required: true,
      description: 'number of a finished deployment; see history',
      valueHint: 'n',
    },
    yes: { type: 'boolean', alias: 'y', description: 'do not ask before a cluster is removed' },
  },
  run: async (run) =>
    await withSession(run, async (session) => {
      const asked = String(run.values['to'])
      const restored = await restoreFrom(session, asked)
      const { desired, scope, read } = restored
      const rest = leftAlone(session, asked, restored)
      if (rest !== undefined) run.emit({ type: 'notice', level: 'warning', text: rest })
      const planned = await planWhenFree(session, desired, scope)
      run.emit({ type: 'plan', plan: planned.plan })
      refuse(session, planned)
      await readable(planned.plan, read)
      if (planned.plan.clusters.some(({ action }) => action === 'delete')) await confirmTarget(session)
      reportDeployment(session, await applyPlanned(session, planned, read))
    }),
})

await startIfMain(import.meta.url, script)
