import type { Dialect } from './failures.ts'
import { foreignPage } from './failures.ts'
import type { HostTools } from './host.ts'

/** A JWT has three parts of base64url. */
const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** The token in a field of an answer, hidden from now on. */
export const readToken = async (
  dialect: Dialect,
  answer: Response,
  field: string,
  { onSecret }: HostTools,
): Promise<string> => {
  const body: unknown = await answer.json().catch(() => undefined)
  const found: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, field) : undefined
  if (typeof found !== 'string' || !jwt.test(found)) throw foreignPage(dialect, `no token in \`${field}\``)
  onSecret(found)
  return found
}

/** The job was not given the right to ask: what it needs is said, for the failure that follows tells only of Databricks' variables. */
export const noToken = (host: string, hint: string, { emit }: HostTools): undefined => {
  emit({ type: 'notice', level: 'info', text: `${host} gives this job no OIDC token`, hint })
}
