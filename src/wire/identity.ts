import { endpoint, type Empty } from './endpoint.ts'

/** SCIM Me: https://docs.databricks.com/api/workspace/currentuser/me */
export interface Me {
  id: string
  /** A service principal's application id, or a user's e-mail. */
  userName: string
  displayName?: string
  active?: boolean
  emails?: { type?: string; value: string; primary?: boolean }[]
  groups?: { display?: string; type?: string; value?: string }[]
  entitlements?: { value: string }[]
}

export interface FoundUsers {
  totalResults: number
  startIndex?: number
  itemsPerPage?: number
  Resources?: Me[]
}

export const identity = {
  me: endpoint<Empty, Me>('GET', '/api/2.0/preview/scim/v2/Me', { alsoAt: ['/api/2.0/scim/v2/Me'] }),
  /**
   * `filter`: `userName eq "ada@example.com"`. Who is no admin of the workspace is told id, userName and displayName only:
   * https://docs.databricks.com/dev-tools/api/latest/scim/scim-users.html
   */
  users: endpoint<{ filter?: string; startIndex?: number; count?: number }, FoundUsers>(
    'GET',
    '/api/2.0/preview/scim/v2/Users',
    { alsoAt: ['/api/2.0/scim/v2/Users'] },
  ),
}
