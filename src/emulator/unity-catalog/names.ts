import { neededWord } from '../mlflow/read.ts'
import { badValue } from '../server/refused.ts'

interface FullName {
  readonly catalog_name: string
  readonly schema_name: string
  /** The last of the three parts. */
  readonly name: string
}

/** https://docs.databricks.com/sql/language-manual/sql-ref-names */
const part = /^[^.\s/\p{Cc}]{1,255}$/u

/** MLflow's client looks for «specify all three levels» to say that the workspace registry might have been meant. */
const incomplete = (name: string) =>
  badValue(
    `Invalid name '${name}': specify all three levels of the model, as catalog_name.schema_name.model_name.`,
  )

/** @throws Refused 400 unless it has three parts */
export const partsOf = (full: string): FullName => {
  const parts = full.split('.')
  const [catalog, schema, name] = parts
  if (catalog === undefined || schema === undefined || name === undefined || parts.length !== 3)
    throw incomplete(full)
  for (const one of parts) namePart(one, 'name')
  return { catalog_name: catalog, schema_name: schema, name }
}

/** One of the three. @throws Refused 400 */
export const namePart = (value: unknown, field: string): string => {
  const found = neededWord(value, field)
  if (!part.test(found))
    throw badValue(`Invalid ${field} '${found}': it cannot have dots, spaces, slashes or control characters.`)
  return found
}

/** @throws Refused 400 */
export const fullName = (value: unknown, field = 'name'): string => {
  const full = neededWord(value, field)
  partsOf(full)
  return full
}

/** What `new_name` of the public API means: the last part only, or a whole name. */
export const renamed = (from: string, to: string): string => {
  if (to.includes('.')) return fullName(to, 'new_name')
  const { catalog_name: catalog, schema_name: schema } = partsOf(from)
  return `${catalog}.${schema}.${namePart(to, 'new_name')}`
}
