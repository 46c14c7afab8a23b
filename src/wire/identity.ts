import { endpoint, type Empty } from './endpoint.ts'

/** SCIM Me: https://docs.databricks.com/api/workspace/currentuser/me */
export interface Me {
  id: string
  /** A service principal's application id, or a user's e-mail. */
  userName: string
  displayName?: string
  active?: boolean
  emails?: { value: string; primary?: boolean }[]
  groups?: { display?: string; value?: string }[]
  entitlements?: { value: string }[]
}

export const identity = {
  me: endpoint<Empty, Me>('GET', '/api/2.0/preview/scim/v2/Me', { alsoAt: ['/api/2.0/scim/v2/Me'] }),
}
