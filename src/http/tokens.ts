/** Where bearer tokens come from. Tokens stay in memory; they are never written anywhere. */
export interface TokenSource {
  /** Databricks' name of the method: pat, oauth-m2m, env-oidc, file-oidc. */
  readonly method: string
  /** Whether `get(stale)` can bring another token. */
  readonly renewable: boolean
  /** @param stale the token that the workspace has just refused */
  get(stale?: string): Promise<string>
}
