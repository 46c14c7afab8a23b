/** Names, aliases and stages as MLflow 3 servers check them. */
import type { Stage } from '../../wire/registry.ts'
import type { KeyValue } from '../../wire/tracking.ts'
import { checkKey, checkLength } from '../mlflow/names.ts'
import { neededWord, pairs, word } from '../mlflow/read.ts'
import { badValue } from '../server/refused.ts'

/** A JSON boolean; "true" is none. @throws Refused 400 */
export const boolean = (value: unknown, field: string): boolean | undefined => {
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined
  throw badValue(`Invalid value ${JSON.stringify(value)} for parameter '${field}' supplied.`)
}

/** @throws Refused 400 */
export const modelName = (value: unknown, field = 'name'): string => {
  const name = neededWord(value, field)
  if (name.trim() === '') throw badValue(`Missing value for required parameter '${field}'.`)
  if (/[/:]/.test(name)) throw badValue(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`)
  if (name === '.' || name === '..')
    throw badValue(`Invalid value "${name}" for parameter '${field}' supplied.`)
  return name
}

/** Text of digits. @throws Refused 400 */
export const versionNumber = (value: unknown, field = 'version'): number => {
  const version = neededWord(value, field)
  if (!/^\d{1,15}$/.test(version))
    throw badValue(`Parameter '${field}' must be an integer, got '${version}'.`)
  return Number(version)
}

const stages: readonly Stage[] = ['None', 'Staging', 'Production', 'Archived']

/** In any case; answered as it is written there. @throws Refused 400 */
export const stageOf = (value: unknown, field = 'stage'): Stage => {
  const stage = neededWord(value, field)
  const found = stages.find((known) => known.toLowerCase() === stage.toLowerCase())
  if (found === undefined)
    throw badValue(`Invalid Model Version stage: ${stage}. Value must be one of ${stages.join(', ')}.`)
  return found
}

const mostText = { value: 100_000, alias: 255 } as const

/** @throws Refused 400 */
export const tagOf = (key: unknown, value: unknown): KeyValue => {
  const tag = { key: neededWord(key, 'key'), value: word(value, 'value') ?? '' }
  checkKey(tag.key, 'key')
  checkLength(tag.value, mostText.value, 'value')
  return tag
}

/** Of one key the last one is kept. @throws Refused 400 */
export const tagList = (value: unknown): KeyValue[] =>
  pairs(value, 'tags').map((tag) => tagOf(tag.key, tag.value))

/** Empty is as good as none. @throws Refused 400 */
export const descriptionOf = (value: unknown): string | undefined => word(value, 'description')

/** @throws Refused 400 */
export const aliasName = (value: unknown): string => {
  const alias = neededWord(value, 'alias')
  checkLength(alias, mostText.alias, 'Registered model alias name')
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias))
    throw badValue(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    )
  if (alias.toLowerCase() === 'latest') throw badValue("'latest' alias name (case insensitive) is reserved.")
  if (/^v\d+$/i.test(alias)) throw badValue(`Version alias name '${alias}' is reserved.`)
  return alias
}
