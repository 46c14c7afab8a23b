/** OAuth endpoints of a workspace: https://docs.databricks.com/dev-tools/auth/oauth-m2m */
export const oidc = {
  token: '/oidc/v1/token',
  scope: 'all-apis',
  /** RFC 8693, for workload identity federation: https://docs.databricks.com/dev-tools/auth/oauth-federation */
  exchangeGrant: 'urn:ietf:params:oauth:grant-type:token-exchange',
  jwtType: 'urn:ietf:params:oauth:token-type:jwt',
} as const

export interface TokenAnswer {
  access_token: string
  token_type: string
  /** Seconds. */
  expires_in: number
}
