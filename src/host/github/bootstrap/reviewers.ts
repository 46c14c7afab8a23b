import { ask, orNothing } from '../../bootstrap-ask.ts'
import type { Github } from './client.ts'

export interface Reviewer {
  type: 'User' | 'Team'
  id: number
  /** As a person wrote it. */
  name: string
}

/** `login`, or `organization/team`; `@` before either is fine. */
const find = async ({ api }: Github, name: string): Promise<Reviewer | undefined> => {
  const [first = '', team] = name.replace(/^@/, '').split('/')
  if (team !== undefined) {
    const found = await orNothing(() =>
      ask(`to look for team ${name}`, () => api.teams.getByName({ org: first, team_slug: team })),
    )
    return found && { type: 'Team', id: found.data.id, name }
  }
  const found = await orNothing(() =>
    ask(`to look for user ${name}`, () => api.users.getByUsername({ username: first })),
  )
  // An organization has a login too, but approves nothing.
  return found?.data.type === 'User' ? { type: 'User', id: found.data.id, name } : undefined
}

/** Users by login, teams by organization/team. */
export const reviewersOf = async (
  github: Github,
  names: readonly string[],
): Promise<{ found: Reviewer[]; unknown: string[] }> => {
  const all = await Promise.all(names.map(async (name) => ({ name, found: await find(github, name) })))
  return {
    found: all.flatMap(({ found }) => found ?? []),
    unknown: all.flatMap(({ name, found }) => (found ? [] : [name])),
  }
}
