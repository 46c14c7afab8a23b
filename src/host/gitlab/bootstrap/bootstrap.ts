import type { Bootstrap } from '../../bootstrap.ts'
import { inTurn } from '../../bootstrap-steps.ts'
import { branchSteps } from './branch.ts'
import { connect } from './client.ts'
import { environmentSteps } from './environments.ts'
import { projectSteps } from './project.ts'
import { resourceGroupSteps } from './resource-groups.ts'
import { scheduleSteps } from './schedules.ts'
import { variableSteps } from './variables.ts'

/** What a GitLab project needs. The branch comes before the secrets that are kept for protected branches. */
export const bootstrapGitlab = (async (wanted, options, tools) => {
  const gitlab = await connect(options, tools)
  return await inTurn([
    () => projectSteps(gitlab, wanted),
    () => branchSteps(gitlab, wanted),
    () => environmentSteps(gitlab, wanted),
    () => variableSteps(gitlab, wanted, options),
    () => scheduleSteps(gitlab, wanted),
    () => resourceGroupSteps(gitlab, wanted),
  ])
}) satisfies Bootstrap
