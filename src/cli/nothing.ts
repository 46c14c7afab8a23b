import { readLedger } from '../ledger/read.ts'
import type { Desired, Plan, Step } from '../plan/state.ts'
import type { Session } from './session.ts'

/**
 * The declaration of nothing, for `destroy`. The folder is the recorded one; when the very first deployment died, there
 * is no record of it yet, and the files are where the project says.
 */
export const nothingOf = async ({ client, place, project }: Session): Promise<Desired> => {
  const { tail } = await readLedger(client, place)
  const root = tail.state?.files?.root ?? project.desired.files?.root
  const files = root === undefined ? {} : { files: { root, exclusive: false, files: [] } }
  // Jobs are known by their tags: where any are or were declared, whatever is left of them is looked for.
  const jobs = project.desired.jobs || tail.state?.jobs ? { jobs: [] } : {}
  const code = { packages: [], apps: [], ...jobs }
  return { project: place.project, target: place.target, clusters: [], ...files, ...code }
}

const asked = 'destroy was asked for'

const withReason = (step: Step): Step => ('why' in step ? { ...step, why: asked } : step)

/** The plan of a destroy: nothing is declared, but that is not why things go. */
export const destroying = (plan: Plan): Plan => ({ ...plan, steps: plan.steps.map(withReason) })
