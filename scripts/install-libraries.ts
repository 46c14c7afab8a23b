#!/usr/bin/env node
import { applyArgs, deployArgs, projectArgs, quietArg } from '../src/cli/args.ts'
import { deploy } from '../src/cli/deployment.ts'
import { startIfMain } from '../src/cli/main.ts'
import { reportDeployment } from '../src/cli/results.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'install-libraries',
  about: 'The libraries part of deploy, on clusters that exist.',
  args: { ...projectArgs, ...applyArgs, ...deployArgs, ...quietArg },
  run: async (run) =>
    await withSession(run, async (session) => {
      const deployment = await deploy(session, session.project.desired, ['package', 'libraries'])
      reportDeployment(session, deployment)
    }),
})

await startIfMain(import.meta.url, script)
