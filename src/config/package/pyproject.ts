import { join } from 'node:path'
import type { TomlTable, TomlValue } from 'smol-toml'
import { faultAt, faultOf } from '../faults.ts'
import type { Place } from '../located.ts'
import { nameOf, readNamed, type Context } from '../read.ts'
import { isCanonicalVersion } from './version.ts'

/** What Brickrail needs of a pyproject.toml. */
export interface Pyproject {
  name: string
  version: string
}

const table = (value: TomlValue | undefined): TomlTable =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
    ? value
    : {}

const strings = (value: TomlValue | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

const missing = (name: string, key: 'name' | 'version', document: TomlTable): [string, string, string] => {
  const project = table(document['project'])
  if (key === 'version' && strings(project['dynamic']).includes('version'))
    return [
      'package-version-is-static',
      'the version is dynamic: the build would compute it, so it cannot be stamped',
      'write version = "1.0.0" under [project] and take it out of `dynamic`; commit and digest are added to it',
    ]
  const poetry = table(table(document['tool'])['poetry'])[key]
  const hint =
    poetry === undefined
      ? `write ${key} = "…" under [project]`
      : `move ${key} from [tool.poetry] to [project] (Poetry 2 reads it there)`
  return [`package-has-a-${key}`, `${name} has no ${key} under [project]`, hint]
}

/** https://peps.python.org/pep-0508/#names */
const distribution = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/

const wrong = (key: 'name' | 'version', value: string): [string, string, string] | undefined => {
  if (key === 'name')
    return distribution.test(value)
      ? undefined
      : ['package-has-a-name', `«${value}» is no name of a package`, 'letters, digits, . - and _']
  if (isCanonicalVersion(value)) return undefined
  const hint = value.includes('+')
    ? 'leave out what follows the +: Brickrail puts commit and digest there'
    : 'write it as PEP 440 has it, e.g. 1.4.0, 1.4.0rc1 or 1.4.0.dev2'
  return ['package-version-is-pep-440', `«${value}» is no version that can be stamped`, hint]
}

const isPinned = (requirement: string): boolean =>
  /^[\w.-]+(\[[^\]]*\])?\s*={2,3}\s*[^*,]+$/.test(requirement)

/** The same sources would become other bytes as soon as a later build backend is out. */
const warnUnpinned = (context: Context, name: string, document: TomlTable): void => {
  const { 'build-backend': backend, requires } = table(document['build-system'])
  const loose = strings(requires).filter((requirement) => !isPinned(requirement))
  if (backend !== undefined && strings(requires).length > 0 && loose.length === 0) return
  const what = loose.length > 0 ? loose.join(', ') : 'no build backend'
  const message = `[build-system] asks for ${what}: a later version may make other bytes of the same sources`
  const hint = 'pin it, e.g. requires = ["setuptools==80.9.0"], build-backend = "setuptools.build_meta"'
  context.warnings.push(faultOf(name, 'build-backend-pinned', message, hint))
}

const parsed = async (context: Context, name: string, text: string): Promise<TomlTable | undefined> => {
  // Loaded here: most projects have no package.
  const { parse, TomlError } = await import('smol-toml')
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const place = { file: name, line: error.line, column: error.column }
    const message = `this is not TOML: ${(error.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '')}`
    context.faults.push(faultAt(place, 'toml-syntax', message, 'see https://toml.io/en/v1.0.0'))
    return undefined
  }
}

/** Name and version in the pyproject.toml of a folder, or faults. */
export const readPyproject = async (
  context: Context,
  folder: string,
  at: Place,
): Promise<Pyproject | undefined> => {
  const path = join(folder, 'pyproject.toml')
  const text = await readNamed(context, path, at)
  if (text === undefined) return undefined
  const file = nameOf(context, path)
  const document = await parsed(context, file, text)
  if (!document) return undefined
  const read = (key: 'name' | 'version'): string | undefined => {
    const value = table(document['project'])[key]
    const problem = typeof value === 'string' ? wrong(key, value) : missing(file, key, document)
    if (problem) context.faults.push(faultOf(file, ...problem))
    return typeof value === 'string' && !problem ? value : undefined
  }
  const [name, version] = [read('name'), read('version')]
  warnUnpinned(context, file, document)
  return name === undefined || version === undefined ? undefined : { name, version }
}
