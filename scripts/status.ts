#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { everything, heldBy, planTarget } from '../src/cli/planning.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'
import { statusData, statusText } from '../src/cli/status.ts'

export const script = defineScript({
  name: 'status',
  about:
    'What is deployed: clusters with their state and libraries, files, packages, apps, jobs, last deployment, lock. Reads only.',
  args: projectArgs,
  run: async (run) =>
    await withSession(run, async (session) => {
      const planned = await planTarget(session, session.project.desired, everything)
      const data = statusData(session, planned, heldBy(session, planned))
      run.emit({ type: 'result', data, text: statusText(data) })
    }),
})

await startIfMain(import.meta.url, script)
