/** Where bearer tokens come from. Tokens stay in memory; they are never written anywhere. */
export interface TokenSource {
  /** Databricks' name of the method: pat, oauth-m2m, env-oidc, file-oidc, github-oidc, azure-devops-oidc, azure-cli. */
  readonly method: string
  /** Whether `get(stale)` can bring another token. */
  readonly renewable: boolean
  /** Of the Authorization header; default Bearer. `none`: no header is sent. */
  readonly scheme?: 'Bearer' | 'Basic' | 'none'
  /** @param stale the token that the workspace has just refused */
  get(stale?: string): Promise<string>
}

/** A token that ends. `end` is ms since 1970. */
export interface Timed {
  token: string
  end: number
}

/** Renew before the end, so that no call starts with a token that ends under way. */
const marginMs = 60_000

/** Tokens that are asked for when the first is needed, when one ends, and when one is refused. */
export const renewing = (method: string, now: () => number, ask: () => Promise<Timed>): TokenSource => {
  let current: Promise<Timed> | undefined
  const renew = (): Promise<Timed> => {
    const asking = ask()
    current = asking
    // A failed request must not be remembered as the answer.
    asking.catch(() => (current = undefined))
    return asking
  }
  return {
    method,
    renewable: true,
    get: async (stale) => {
      const asked = current ?? renew()
      const known = await asked
      if (known.token !== stale && known.end - marginMs > now()) return known.token
      // Twenty calls may find the same token ended: the first of them renews it for all.
      return (await (current === asked || current === undefined ? renew() : current)).token
    },
  }
}
