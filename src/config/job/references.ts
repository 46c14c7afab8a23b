import type { Fault } from '../../errors.ts'
import { didYouMean, faultAt } from '../faults.ts'
import { scalars, without, type Located } from '../located.ts'
import { namesIn, tasksOf } from './tasks.ts'

/** `{{job.parameters.x}}`: https://docs.databricks.com/jobs/dynamic-value-references. A name may stand in backticks. */
const reference = /\{\{\s*([^{}]+?)\s*\}\}/g

const parts = (path: string): string[] =>
  [...path.matchAll(/`([^`]*)`|([^.`]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

interface Known {
  parameters: readonly string[]
  tasks: readonly string[]
}

interface Missing {
  rule: string
  message: string
  hint: string
}

const declare = (name: string): string => `declare it: "parameters": [{ "name": "${name}", "default": "…" }]`

/** Other namespaces are the service's own, and may grow. */
const missing = (whole: string, path: string, { parameters, tasks }: Known): Missing | undefined => {
  const [space, second = '', ...rest] = parts(path)
  if (space === 'job' && second === 'parameters' && rest.length > 0) {
    const name = rest.join('.')
    if (parameters.includes(name)) return undefined
    return {
      rule: 'reference-to-a-parameter',
      message: `${whole}: the job declares no parameter «${name}»`,
      hint: parameters.length === 0 ? declare(name) : didYouMean(name, parameters),
    }
  }
  if (space !== 'tasks' || rest.length === 0 || tasks.includes(second)) return undefined
  return {
    rule: 'reference-to-a-task',
    message: `${whole}: the job has no task «${second}»`,
    hint: didYouMean(second, tasks),
  }
}

/** A run would end with them before its code has begun. */
export const referenceFaults = (settings: Located): Fault[] => {
  const all = tasksOf(settings)
  const known = {
    parameters: namesIn(settings, 'parameters', 'name'),
    tasks: all.map(({ key }) => key).filter((key) => key !== ''),
  }
  return all
    .filter(({ nested }) => !nested)
    .flatMap(({ node }) => [...scalars(without(node, ['description']))])
    .flatMap(([, value, at]) =>
      [...(typeof value === 'string' ? value : '').matchAll(reference)].flatMap(([whole, path = '']) => {
        const found = missing(whole, path, known)
        return found ? [faultAt(at, found.rule, found.message, found.hint)] : []
      }),
    )
}
