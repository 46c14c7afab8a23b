import type { Library } from '../../wire/libraries.ts'
import { members, neededText } from '../server/read.ts'
import { badValue } from '../server/refused.ts'

const sources = ['pypi', 'cran', 'maven', 'whl', 'jar', 'egg', 'requirements'] as const

/** One library, of a cluster or of a task. @throws Refused 400 */
export const readLibrary = (value: unknown): Library => {
  const library = members(value, 'libraries') ?? {}
  const present = sources.filter((name) => library[name] !== undefined && library[name] !== null)
  const [only] = present
  if (only === undefined || present.length > 1)
    throw badValue(
      `Exactly one of ${sources.join(', ')} must be specified for a library, not ${present.length}`,
    )
  if (only === 'pypi' || only === 'cran' || only === 'maven') {
    const source = members(library[only], only) ?? {}
    const name = only === 'maven' ? 'coordinates' : 'package'
    return { [only]: { ...source, [name]: neededText(source[name], `${only}.${name}`) } }
  }
  return { [only]: neededText(library[only], only) }
}
