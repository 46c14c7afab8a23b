// https://learn.microsoft.com/en-us/azure/devops/pipelines/process/templates
import { parse } from 'yaml'
import type { GeneratedFile } from '../../../src/ci/model.ts'
import { evaluate, holds, text, type Scope, type Value } from './expression.ts'

export interface Step {
  name?: string
  bash?: string
  task?: string
  checkout?: string
  download?: string
  publish?: string
  displayName?: string
  condition?: string
  inputs?: Record<string, string | boolean>
  env?: Record<string, string>
  [key: string]: unknown
}

type Variables = Record<string, string> | ({ group: string } | { name: string; value: string })[]

export interface AzureJob {
  job?: string
  deployment?: string
  displayName?: string
  dependsOn?: string | string[]
  condition?: string
  environment?: string | { name: string }
  pool?: Record<string, string>
  timeoutInMinutes: number
  variables?: Variables
  steps?: Step[]
  strategy?: { runOnce: { deploy: { steps: Step[] } } }
}

export interface AzureStage {
  stage: string
  displayName: string
  dependsOn?: string | string[]
  condition?: string
  jobs: AzureJob[]
}

interface Filter {
  include?: string[]
  exclude?: string[]
}

export interface AzurePipeline {
  trigger: 'none' | { batch?: boolean; branches?: Filter; paths?: Filter; tags?: Filter }
  pr?: 'none' | { branches?: Filter; paths?: Filter }
  schedules?: { cron: string; displayName: string; branches: Filter; always?: boolean }[]
  parameters?: Parameter[]
  lockBehavior?: string
  pool?: Record<string, string>
  variables?: Variables
  stages: AzureStage[]
}

interface Parameter {
  name: string
  type: string
  default?: string | number
  values?: string[]
}

type Given = Readonly<Record<string, Value>>

/** A parameter without default has to be given, an unknown one may not. */
const bound = (declared: readonly Parameter[], given: Given, file: string): { [name: string]: Value } => {
  const unknown = Object.keys(given).filter((name) => declared.every((one) => one.name !== name))
  if (unknown.length > 0) throw new Error(`${file} has no parameter ${unknown.join()}`)
  return Object.fromEntries(
    declared.map((one) => {
      const value = given[one.name] ?? one.default
      if (value === undefined) throw new Error(`${file} needs the parameter ${one.name}`)
      if (one.values && !one.values.includes(text(value)))
        throw new Error(`${file} does not take ${text(value)} for ${one.name}`)
      return [one.name, value]
    }),
  )
}

const whole = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s
const part = /\$\{\{((?:(?!\}\}).)*)\}\}/gs

const scalar = (source: string, scope: Scope): unknown => {
  const [, only] = whole.exec(source) ?? []
  if (only !== undefined) return evaluate(only, scope)
  return source.replaceAll(part, (_, inner: string) => text(evaluate(inner, scope)))
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Expands templates as the service does before a run begins. */
export const expander = (files: readonly GeneratedFile[]) => {
  const read = (path: string): Record<string, unknown> => {
    const found = files.find((file) => file.path === path.replace(/^\//, ''))
    if (!found) throw new Error(`there is no file ${path}`)
    return parse(found.text)
  }
  const fromTemplate = (entry: Record<string, unknown>, scope: Scope): unknown[] => {
    const path = String(entry['template'])
    const { parameters, ...content } = read(path)
    const given = expand(entry['parameters'] ?? {}, scope) as Given
    const names = { parameters: bound((parameters ?? []) as Parameter[], given, path) }
    return Object.values(content).flatMap((list) => expand(list, { names }) as unknown[])
  }
  const expandEntry = (entry: unknown, scope: Scope): unknown[] => {
    if (!isMapping(entry)) return [expand(entry, scope)]
    if ('template' in entry) return fromTemplate(entry, scope)
    const [key = '', ...others] = Object.keys(entry)
    const [, condition] = /^\$\{\{ if (.*) \}\}$/.exec(key) ?? []
    if (condition === undefined || others.length > 0) return [expand(entry, scope)]
    return holds(condition, scope) ? (expand(entry[key], scope) as unknown[]) : []
  }
  const expand = (value: unknown, scope: Scope): unknown => {
    if (typeof value === 'string') return scalar(value, scope)
    if (Array.isArray(value)) return value.flatMap((entry) => expandEntry(entry, scope))
    if (!isMapping(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (key.includes('${{')) throw new Error(`Unexpected value '${String(scalar(key, scope))}'`)
        return [key, expand(inner, scope)]
      }),
    )
  }
  return (path: string, given: Given = {}): AzurePipeline => {
    const { parameters, ...content } = read(path)
    const declared = (parameters ?? []) as Parameter[]
    const scope = { names: { parameters: bound(declared, given, path) } }
    return { ...(expand(content, scope) as AzurePipeline), parameters: declared }
  }
}

export const nameOf = (job: AzureJob): string => job.job ?? job.deployment ?? ''

export const stepsOf = (job: AzureJob): Step[] => job.steps ?? job.strategy?.runOnce.deploy.steps ?? []

export const needsOf = ({ dependsOn = [] }: { dependsOn?: string | string[] }): string[] => [dependsOn].flat()

/** `variables` in either of their forms: values by name, and groups. */
export const variablesOf = (
  variables: Variables = {},
): { values: Record<string, string>; groups: string[] } => {
  if (!Array.isArray(variables)) return { values: variables, groups: [] }
  return {
    values: Object.fromEntries(variables.flatMap((one) => ('name' in one ? [[one.name, one.value]] : []))),
    groups: variables.flatMap((one) => ('group' in one ? [one.group] : [])),
  }
}
