import { Fail } from '../errors.ts'
import type { Session } from './session.ts'

/** What a person is asked about: `danger` is a sentence, `what` follows «this», without an end. */
interface Danger {
  danger: string
  what: string
}

const removal: Danger = { danger: 'This cannot be undone.', what: 'removes things' }

/**
 * Have a person type the target's name, unless --yes. With nobody at a terminal there is no question, and no guess.
 * @throws Fail USAGE
 */
export const confirmTarget = async (
  { run, place, project }: Session,
  { danger, what }: Danger = removal,
): Promise<void> => {
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
      what: `this ${what} of ${place.target}, and nobody is there to ask`,
      hint,
    })
  const answer = await ask(`${danger} Type the name of the target (${place.target}) to go on: `)
  if (answer.trim() !== place.target)
    throw new Fail('USAGE', { what: 'not confirmed; nothing was changed', hint })
}
