import { Fail } from '../errors.ts'
import type { Session } from './session.ts'

/**
 * Have a person type the target's name, unless --yes. With nobody at a terminal there is no question, and no guess.
 * @throws Fail USAGE
 */
export const confirmTarget = async ({ run, place, project }: Session): Promise<void> => {
  // Neither a variable nor a default may choose a protected target.
  if (project.target.protected && run.values['target'] !== place.target)
    throw new Fail('USAGE', {
      what: `${place.target} is protected`,
      hint: `name it: --target ${place.target}`,
    })
  if (run.values['yes'] === true) return
  const { ask } = run.world
  const hint = `give --yes, or type ${place.target} when asked`
  if (!ask)
    throw new Fail('USAGE', {
      what: `this removes things of ${place.target}, and nobody is there to ask`,
      hint,
    })
  const answer = await ask(`This cannot be undone. Type the name of the target (${place.target}) to go on: `)
  if (answer.trim() !== place.target)
    throw new Fail('USAGE', { what: 'not confirmed; nothing was changed', hint })
}
