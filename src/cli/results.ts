import type { Deployment } from './deployment.ts'
import type { Session } from './session.ts'

/** The result of every command that deploys. */
export const reportDeployment = (
  { run, project, place }: Session,
  { number, writes, outdated }: Deployment,
): void => {
  const data = { project: project.name, target: place.target, deployment: number ?? null, changes: writes }
  const text =
    number === undefined
      ? `${place.target} is as declared: nothing changed, nothing touched`
      : `deployment #${number} of ${place.target} is done: ${writes} step(s)`
  if (outdated === undefined) return run.emit({ type: 'result', data, text })
  const hint = 'run that one again, or give --allow-outdated to deploy this older state'
  run.emit({ type: 'notice', level: 'warning', text: outdated, hint })
  run.emit({ type: 'result', data, text: `nothing was deployed to ${place.target}` })
}
