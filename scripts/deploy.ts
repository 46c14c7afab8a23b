#!/usr/bin/env node
import { applyArgs, deployArgs, projectArgs, quietArg } from '../src/cli/args.ts'
import { leftBehind } from '../src/cli/catch-up.ts'
import { applyPlanned, deploy, planWhenFree, type Deployment } from '../src/cli/deployment.ts'
import { startIfMain } from '../src/cli/main.ts'
import { everything } from '../src/cli/planning.ts'
import { reportDeployment } from '../src/cli/results.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession, type Session } from '../src/cli/session.ts'
import { checkStored } from '../src/cli/stored-plan.ts'

/** Says what is left to deploy, or ends the run with the answer that nothing is. */
const pendingWork = async (session: Session): Promise<boolean> => {
  const left = await leftBehind(session)
  const { run, project, place } = session
  if (Array.isArray(left)) {
    for (const text of left) run.emit({ type: 'notice', level: 'info', text: `left behind: ${text}` })
    return true
  }
  const data = { project: project.name, target: place.target, deployment: null, changes: 0 }
  run.emit({ type: 'result', data, text: left.nothing })
  return false
}

/** Exactly this plan, or none: where anything has changed it is not made again. */
const deployStored = async (session: Session, file: string): Promise<Deployment> => {
  const planned = await planWhenFree(session, session.project.desired, everything)
  await checkStored(session.run.world.cwd, file, planned.plan)
  session.run.emit({ type: 'plan', plan: planned.plan })
  return await applyPlanned(session, planned)
}

export const script = defineScript({
  name: 'deploy',
  about:
    'Bring the workspace to what the project declares: packages, clusters, libraries, files, apps and jobs.',
  args: {
    ...projectArgs,
    ...quietArg,
    ...applyArgs,
    ...deployArgs,
    plan: {
      type: 'string',
      description: 'apply exactly this plan; refused when anything has changed since',
      valueHint: 'plan.json',
    },
    'catch-up': {
      type: 'boolean',
      description: 'only if a run before has left something undeployed; edits in the workspace do not count',
    },
  },
  run: async (run) =>
    await withSession(run, async (session) => {
      if (run.values['catch-up'] === true && !(await pendingWork(session))) return
      const stored = run.values['plan']
      const deployment =
        typeof stored === 'string'
          ? await deployStored(session, stored)
          : await deploy(session, session.project.desired, everything)
      reportDeployment(session, deployment)
    }),
})

await startIfMain(import.meta.url, script)
