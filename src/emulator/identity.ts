/** https://docs.databricks.com/api/workspace/currentuser/me, https://docs.databricks.com/api/workspace/users/list */
import type { identity, Me } from '../wire/identity.ts'
import type { Handlers } from './server/call.ts'
import { allPrincipals, isAdmin, type Principal } from './server/principals.ts'
import { text, whole as int } from './server/read.ts'
import { badValue } from './server/refused.ts'

/** Some clients learn the workspace's id from this header of Me. */
export const orgId = '6051921418418893'

const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']

/** All that the others may know of somebody. */
const bare = ({ id, user }: Principal): Me & { schemas: string[] } => ({
  schemas,
  id,
  userName: user,
  displayName: user,
})

const whole = (one: Principal): Me => {
  const answer = {
    ...bare(one),
    active: true,
    groups: one.groups.map((display) => ({ display, type: 'direct', value: display })),
    entitlements: one.entitlements.map((value) => ({ value })),
  }
  if (one.kind === 'service_principal') return answer
  return { ...answer, emails: [{ type: 'work', value: one.user, primary: true }] }
}

const operators: Readonly<Record<string, (user: string, value: string) => boolean>> = {
  eq: (user, value) => user === value,
  ne: (user, value) => user !== value,
  sw: (user, value) => user.startsWith(value),
  co: (user, value) => user.includes(value),
}

/** One comparison of userName, whose case does not count: `userName eq "a@b.c"`, with or without quotes. */
const fitting = (filter: string | undefined): ((one: Principal) => boolean) => {
  if (filter === undefined || filter.trim() === '') return () => true
  const [, operator = '', value = ''] = /^\s*userName\s+(\w+)\s+"?([^"\s]+)"?\s*$/i.exec(filter) ?? []
  const compare = operators[operator.toLowerCase()]
  if (compare === undefined) throw badValue(`Invalid filter: ${filter}`)
  return ({ user }) => compare(user.toLowerCase(), value.toLowerCase())
}

export const identityHandlers: Handlers<typeof identity> = {
  me: (_, { me, headers }) => {
    headers['x-databricks-org-id'] = orgId
    return whole(me)
  },
  users: (input, { db, me }) => {
    const fits = fitting(text(input.filter, 'filter'))
    const found = allPrincipals(db).filter((one) => one.kind === 'user' && fits(one))
    const start = Math.max(1, int(input.startIndex, 'startIndex') ?? 1)
    const page = found.slice(start - 1, start - 1 + (int(input.count, 'count') ?? 100))
    return {
      totalResults: found.length,
      startIndex: start,
      itemsPerPage: page.length,
      Resources: page.map(isAdmin(me) ? whole : bare),
    }
  },
}
