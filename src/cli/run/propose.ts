import type { Project } from '../../config/load.ts'

/** For which target a command is proposed. */
export type Proposed = Pick<Project, 'target' | 'defaultTarget'>

/** A command to run next, for the same target: `brickrail deploy -t dev`. */
export const propose = ({ target, defaultTarget }: Proposed, words: string): string =>
  `\`brickrail ${words}${target.name === defaultTarget ? '' : ` -t ${target.name}`}\``
