import type { Bootstrap } from '../../bootstrap.ts'
import { inTurn } from '../../bootstrap-steps.ts'
import { branchSteps } from './branch.ts'
import { connect } from './client.ts'
import { environmentSteps } from './environments.ts'
import { secretSteps } from './secrets.ts'

/** What a repository on GitHub needs. An environment comes before the secrets that it keeps. */
export const bootstrapGithub = (async (wanted, options, tools) => {
  const github = await connect(options, tools)
  const withheld = new Set<string>()
  return await inTurn([
    () => environmentSteps(github, wanted, withheld),
    () => secretSteps(github, wanted, options, withheld),
    () => branchSteps(github, wanted),
  ])
}) satisfies Bootstrap
