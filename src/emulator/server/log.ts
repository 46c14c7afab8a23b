/** One answered request. `seq` counts from 1; `status` is 0 when the connection was torn; `at` is ms since 1970. */
export interface Logged {
  seq: number
  method: string
  path: string
  query: string
  status: number
  ms: number
  at: number
}

export interface RequestLog {
  add(entry: Omit<Logged, 'seq'>): void
  /** Requests with a higher `seq`, oldest first. */
  since(seq: number): Logged[]
  clear(): void
}

const newest = 100_000

/** Fields may travel in the query instead of the body, and a secret's value is one. */
const mayTellSecret = ({ method, path }: Pick<Logged, 'method' | 'path'>): boolean =>
  method !== 'GET' && path.includes('/secrets/')

/** In memory; keeps the newest 100,000. */
export const createLog = (): RequestLog => {
  let entries: Logged[] = []
  let seq = 0
  return {
    add: (entry) => {
      seq += 1
      entries.push({ seq, ...entry, query: mayTellSecret(entry) ? '' : entry.query })
      // Dropping a tenth at a time keeps the cost per request constant.
      if (entries.length > newest * 1.1) entries = entries.slice(-newest)
    },
    since: (after) => entries.filter((entry) => entry.seq > after).slice(-newest),
    clear: () => void (entries = []),
  }
}
