#!/usr/bin/env node
import { applyArgs, projectArgs } from '../src/cli/args.ts'
import { deploy } from '../src/cli/deployment.ts'
import { startIfMain } from '../src/cli/main.ts'
import { reportDeployment } from '../src/cli/results.ts'
import { restoreFrom } from '../src/cli/restore.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'
import { everything } from '../src/cli/planning.ts'

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
  },
  run: async (run) =>
    await withSession(run, async (session) => {
      const { desired, read } = await restoreFrom(session, Number(run.values['to']))
      reportDeployment(session, await deploy(session, desired, everything, read))
    }),
})

await startIfMain(import.meta.url, script)
