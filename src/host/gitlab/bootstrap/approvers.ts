import { ask, orNothing } from '../../bootstrap-ask.ts'
import type { Gitlab } from './client.ts'

/** A user or a group, as GitLab's approval rules name them. */
export interface Approver {
  user_id?: number | null
  group_id?: number | null
  access_level?: number | null
  access_level_description?: string
  /** As a person wrote it. */
  name?: string
}

/** https://docs.gitlab.com/api/groups/#get-a-single-group */
interface GroupInfo {
  id: number
  full_path: string
}

export const isSame = (a: Approver, b: Approver): boolean =>
  (a.user_id ?? null) === (b.user_id ?? null) && (a.group_id ?? null) === (b.group_id ?? null)

export const nameOf = ({ name, access_level_description, user_id, group_id }: Approver): string =>
  name ?? access_level_description ?? (user_id ? `user ${user_id}` : `group ${group_id}`)

const find = async ({ api }: Gitlab, name: string): Promise<Approver | undefined> => {
  const login = name.replace(/^@/, '')
  const users = await ask(`to look for user ${login}`, () => api.Users.all({ username: login }))
  const user = users.find(({ username }) => username.toLowerCase() === login.toLowerCase())
  if (user) return { user_id: user.id, name: login }
  const group = (await orNothing(() => ask(`to look for group ${login}`, () => api.Groups.show(login)))) as
    | GroupInfo
    | undefined
  // GitLab takes digits for an id.
  const isNamed = group?.full_path.toLowerCase() === login.toLowerCase()
  return group && isNamed ? { group_id: group.id, name: login } : undefined
}

/** Users by login, groups by path. */
export const approversOf = async (
  gitlab: Gitlab,
  names: readonly string[],
): Promise<{ found: Approver[]; unknown: string[] }> => {
  const all = await Promise.all(names.map(async (name) => ({ name, found: await find(gitlab, name) })))
  return {
    found: all.flatMap(({ found }) => found ?? []),
    unknown: all.flatMap(({ name, found }) => (found ? [] : [name])),
  }
}
