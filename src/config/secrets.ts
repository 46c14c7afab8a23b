import type { Fault } from '../errors.ts'
import { faultAt } from './faults.ts'
import { scalars, type Located, type Path, type Scalar } from './located.ts'

/** Personal access tokens begin with dapi, OAuth secrets with dose; 32 hex digits follow. */
const token = /\b(dapi|dose)[0-9a-f]{32}/
/** Ends in one of the words, or is an Azure storage setting: `…client.secret.<account>…`, `…account.key.<account>…`. */
const telling =
  /((^|[._-])(token|password|passwd|secret|(secret|access|api)[._-]?(access[._-]?)?key)|(?<=[a-z])(Token|Password|Secret|ApiKey))$|client\.secret\.|account\.key\./i
/** The name of an environment variable that a value refers to. */
const fromEnvironment = /\$\{env\.([A-Za-z_]\w*)\}/g
const harmless = new Set(['idempotency_token'])

/** Whether something of this name is a secret: `DB_PASSWORD`, `api_key`. */
export const isSecretName = (name: string): boolean => telling.test(name) && !harmless.has(name)

/** The rule no-secret-in-files. The message never holds the value. */
export const secretFaults = (node: Located): Fault[] =>
  [...scalars(node)].flatMap(([path, value, at]) => {
    const why = whySecret(path, value)
    return why === undefined ? [] : [faultAt(at, 'no-secret-in-files', why, hint)]
  })

const hint =
  'put it into a secret scope and refer to {{secrets/<scope>/<key>}} in spark_conf or spark_env_vars; revoke what was in the file'

const whySecret = (path: Path, value: Scalar): string | undefined => {
  if (value === null || value === '' || typeof value === 'boolean') return undefined
  const text = String(value)
  if (token.test(text)) return 'this is a Databricks token'
  const name = String(path.findLast((step) => typeof step === 'string' && step !== 'default') ?? '')
  // What is sent as part of a cluster is readable by everybody who sees the cluster, and stands in plan and record.
  const telltale = [...text.matchAll(fromEnvironment)].find(
    ([, variable = '']) => telling.test(variable) || telling.test(name),
  )
  if (telltale)
    return `${telltale[0]} would put a secret into the plan, the record and the workspace in clear text`
  // The names of secrets, each with what it is for.
  if (path[0] === 'ci' && path[1] === 'secrets') return undefined
  // Of a model: the name of the variable that holds it.
  if (path.join('.') === 'registry.token' && /^[A-Z][A-Z0-9_]*$/.test(text)) return undefined
  const literal = !/\$\{|\{\{\s*secrets\//.test(text)
  return literal && isSecretName(name) ? `«${name}» holds a secret in clear text` : undefined
}
