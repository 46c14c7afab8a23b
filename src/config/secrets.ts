import type { Fault } from '../errors.ts'
import { faultAt } from './faults.ts'
import { scalars, type Located, type Path, type Scalar } from './located.ts'

/** Personal access tokens begin with dapi, OAuth secrets with dose; 32 hex digits follow. */
const token = /\b(dapi|dose)[0-9a-f]{32}/
/** Ends in one of the words, or is the Azure storage setting `…client.secret.<account>…`. */
const telling =
  /((^|[._-])(token|password|passwd|secret)|(?<=[a-z])(Token|Password|Secret))$|client\.secret\./i
const harmless = new Set(['idempotency_token'])

/** The rule no-secret-in-files. The message never holds the value. */
export const secretFaults = (node: Located): Fault[] =>
  [...scalars(node)].flatMap(([path, value, at]) => {
    const why = whySecret(path, value)
    return why === undefined ? [] : [faultAt(at, 'no-secret-in-files', why, hint)]
  })

const hint =
  'take it out of the file and revoke it: refer to ${env.NAME}, or to {{secrets/<scope>/<key>}} in spark_conf and spark_env_vars'

const whySecret = (path: Path, value: Scalar): string | undefined => {
  if (value === null || value === '' || typeof value === 'boolean') return undefined
  const text = String(value)
  if (token.test(text)) return 'this is a Databricks token'
  const name = String(path.findLast((step) => typeof step === 'string' && step !== 'default') ?? '')
  const literal = !/\$\{|\{\{\s*secrets\//.test(text)
  return literal && telling.test(name) && !harmless.has(name)
    ? `«${name}» holds a secret in clear text`
    : undefined
}
