import { isUnexpanded, type Env } from '../env.ts'
import { Fail } from '../errors.ts'

const credentials =
  "the CI host's variables (Azure: group databricks_cli; GitLab: Settings, CI/CD, Variables)"

/**
 * A secret of the environment; `undefined` when it is not set, or empty.
 * @param where it is to be defined
 * @throws Fail ENV_MISSING when it is the text of a reference that nobody replaced
 */
export const secretFrom = (env: Env, name: string, where = credentials): string | undefined => {
  const value = env[name]?.trim()
  if (value === undefined || value === '') return undefined
  if (!isUnexpanded(value)) return value
  throw new Fail('ENV_MISSING', {
    variable: name,
    why: `the unexpanded text «${value}»`,
    hint: `define ${name} in ${where} and give it to this job`,
  })
}
