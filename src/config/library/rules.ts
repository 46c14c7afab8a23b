import type { Fault } from '../../errors.ts'
import type { Library } from '../../wire/libraries.ts'
import { faultAt } from '../faults.ts'
import type { Place } from '../located.ts'

/** A library and where it was declared. */
export interface Declared {
  library: Library
  at: Place
}

interface Identity {
  kind: string
  /** The same for every version of one package. */
  name: string
  version: string
}

/** PyPI ignores case and treats - _ . alike (PEP 503). */
const pypi = (text: string): Identity => {
  const [, name = text, version = ''] = /^([\w.-]+)\s*(?:\[[^\]]*\])?\s*(.*)$/.exec(text) ?? []
  return { kind: 'pypi', name: name.toLowerCase().replace(/[-_.]+/g, '-'), version: version.trim() }
}

/** group:artifact[:packaging[:classifier]]:version; group and artifact name the package. */
const maven = (coordinates: string): Identity => {
  const parts = coordinates.split(':')
  return { kind: 'maven', name: parts.slice(0, 2).join(':'), version: parts.slice(2).join(':') }
}

const identity = ({ pypi: py, cran, maven: mvn, whl, jar, requirements }: Library): Identity => {
  if (py) return pypi(py.package)
  if (cran) return { kind: 'cran', name: cran.package, version: '' }
  if (mvn) return maven(mvn.coordinates)
  const path = whl ?? jar ?? requirements ?? ''
  return { kind: whl ? 'whl' : jar ? 'jar' : 'requirements', name: path, version: '' }
}

/** Where Databricks can read a wheel or JAR from. */
const readable = /^(dbfs:\/|file:\/|\/Workspace\/|\/Volumes\/|s3a?:\/\/|abfss:\/\/|wasbs:\/\/|gs:\/\/)/

/** Each library is of a form that Databricks takes, and each package is there once. */
export const libraryFaults = (declared: readonly Declared[]): Fault[] => [
  ...declared.flatMap(formFaults),
  ...duplicateFaults(declared),
]

const formFaults = ({ library, at }: Declared): Fault[] => {
  const path = library.whl ?? library.jar
  if (path !== undefined && !readable.test(path)) {
    const hint = path.startsWith('/dbfs/')
      ? `write dbfs:${path.slice('/dbfs'.length)}`
      : 'put it under workspace/ and name it /Workspace/<workspace.path>/…, or in a volume: /Volumes/…'
    return [faultAt(at, 'library-path-in-the-workspace', `a cluster cannot read «${path}»`, hint)]
  }
  const suffix = library.whl === undefined ? '.jar' : '.whl'
  if (path !== undefined && !path.endsWith(suffix))
    return [
      faultAt(
        at,
        'library-file-type',
        `«${path}» does not end in ${suffix}`,
        'list it under the key of its type',
      ),
    ]
  const coordinates = library.maven?.coordinates
  if (coordinates !== undefined && !/^[^:\s]+(:[^:\s]+){1,4}$/.test(coordinates))
    return [
      faultAt(
        at,
        'maven-coordinates',
        `«${coordinates}» is not group:artifact:version`,
        'e.g. org.jsoup:jsoup:1.18.1',
      ),
    ]
  const name = library.pypi?.package ?? library.cran?.package
  return name === undefined || /^[A-Za-z0-9]/.test(name)
    ? []
    : [faultAt(at, 'package-name', `«${name}» is not a package name`)]
}

/** Two versions of one package are two libraries for Databricks: the whole object is the identity, so it would list both. */
const duplicateFaults = (declared: readonly Declared[]): Fault[] => {
  const seen = new Map<string, Identity & { at: Place }>()
  return declared.flatMap(({ library, at }) => {
    const { kind, name, version } = identity(library)
    const first = seen.get(`${kind}:${name}`)
    if (!first) {
      seen.set(`${kind}:${name}`, { kind, name, version, at })
      return []
    }
    const where = `${first.at.file}:${first.at.line}`
    return first.version === version
      ? [
          faultAt(
            at,
            'library-once',
            `${kind} ${name} is declared already at ${where}`,
            'remove one of the two',
          ),
        ]
      : [
          faultAt(
            at,
            'one-version-per-package',
            `${kind} ${name} is declared with «${version || 'any version'}» here and «${first.version || 'any version'}» at ${where}`,
            'keep one version',
          ),
        ]
  })
}

/** Warnings about versions that may change from one installation to the next. */
export const unpinnedWarnings = (declared: readonly Declared[]): Fault[] =>
  declared.flatMap(({ library, at }) => {
    const { kind, name, version } = identity(library)
    if (kind === 'pypi' && !/^={2,3}[^*,]+$/.test(version))
      return [
        faultAt(
          at,
          'unpinned-library',
          `${name} is not pinned: two installations may differ`,
          `write ${name}==<version>`,
        ),
      ]
    if (kind === 'maven' && version === '')
      return [faultAt(at, 'unpinned-library', `${name} has no version`, `write ${name}:<version>`)]
    if (kind === 'cran' && library.cran?.repo === undefined)
      return [
        faultAt(
          at,
          'unpinned-library',
          `${name} is not pinned: CRAN always gives the newest`,
          'name a dated snapshot as repo to pin it',
        ),
      ]
    return []
  })
