/** https://docs.databricks.com/api/workspace/currentuser/me */
import type { identity } from '../wire/identity.ts'
import type { Handlers } from './server/call.ts'

/** Some clients learn the workspace's id from this header of Me. */
export const orgId = '6051921418418893'

export const identityHandlers: Handlers<typeof identity> = {
  me: (_, { me, headers }) => {
    headers['x-databricks-org-id'] = orgId
    const answer = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      id: me.id,
      userName: me.user,
      displayName: me.user,
      active: true,
      groups: me.groups.map((display) => ({ display, type: 'direct', value: display })),
      entitlements: me.entitlements.map((value) => ({ value })),
    }
    if (me.kind === 'service_principal') return answer
    return { ...answer, emails: [{ type: 'work', value: me.user, primary: true }] }
  },
}
