#!/usr/bin/env node
import { applyArgs, deployArgs, projectArgs, quietArg } from '../src/cli/args.ts'
import { deploy } from '../src/cli/deployment.ts'
import { startIfMain } from '../src/cli/main.ts'
import { reportDeployment } from '../src/cli/results.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'sync-workspace',
  about: 'The files part of deploy: sync the workspace folder.',
  args: { ...projectArgs, ...applyArgs, ...deployArgs, ...quietArg },
  run: async (run) =>
    await withSession(run, async (session) => {
      const deployment = await deploy(session, session.project.desired, ['files'])
      reportDeployment(session, deployment)
    }),
})

await startIfMain(import.meta.url, script)
