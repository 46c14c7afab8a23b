import type { Library, LibraryFullStatus } from '../wire/libraries.ts'
import { canonical } from './canonical.ts'
import type { DesiredCluster } from './state.ts'

/** A library in a word: `pypi yfinance==0.2.1`. */
export const libraryName = (library: Library): string => {
  const [kind = 'library', value] = Object.entries(library)[0] ?? []
  if (typeof value === 'string') return `${kind} ${value}`
  const object: { package?: string; coordinates?: string } = value ?? {}
  return `${kind} ${object.package ?? object.coordinates ?? canonical(value)}`
}

/** The package without its version: two versions of one package cannot both be loaded. */
const packageOf = (library: Library): string => {
  const pypi = library.pypi?.package.split(/[\s=<>!~;[]/)[0]
  if (pypi !== undefined) return `pypi ${pypi.toLowerCase().replaceAll(/[-_.]+/g, '-')}`
  if (library.maven) return `maven ${library.maven.coordinates.split(':').slice(0, 2).join(':')}`
  return libraryName(library)
}

export interface LibraryChange {
  /** All that must be INSTALLED in the end. */
  wanted: Library[]
  install: Library[]
  uninstall: Library[]
  /** Another version of an installed package: Python has the old one loaded until a restart. */
  restart: boolean
  /** Declared libraries that are on their way. */
  pending: boolean
  notes: string[]
}

const failed = new Set(['FAILED', 'SKIPPED', 'UNINSTALL_ON_RESTART'])
const underWay = new Set(['PENDING', 'RESOLVING', 'INSTALLING'])

/**
 * Which libraries to add and remove. A library is the whole object: the API treats x==1 and x==2 as two.
 * What was neither declared now nor by the last deployment is not ours, unless `librariesExclusive`.
 */
export const planLibraries = (
  desired: Pick<DesiredCluster, 'libraries' | 'librariesExclusive'>,
  observed: readonly LibraryFullStatus[],
  recorded: readonly Library[],
): LibraryChange => {
  const wanted = new Map(desired.libraries.map((library) => [canonical(library), library]))
  const present = new Map(observed.map((status) => [canonical(status.library), status]))
  const ours = new Set(recorded.map((library) => canonical(library)))
  const install = [...wanted].filter(([id]) => failed.has(present.get(id)?.status ?? 'FAILED'))
  const uninstall = [...present].filter(
    ([id, status]) =>
      !wanted.has(id) &&
      (ours.has(id) || desired.librariesExclusive) &&
      status.status !== 'UNINSTALL_ON_RESTART' &&
      status.is_library_for_all_clusters !== true,
  )
  const leaving = [...present].filter(
    ([id, { status }]) =>
      !wanted.has(id) && (status === 'UNINSTALL_ON_RESTART' || uninstall.some(([other]) => other === id)),
  )
  const replaced = new Set(leaving.map(([, { library }]) => packageOf(library)))
  const retried = install.filter(([id]) => present.get(id)?.status === 'FAILED')
  return {
    wanted: desired.libraries,
    install: install.map(([, library]) => library),
    uninstall: uninstall.map(([, { library }]) => library),
    restart: desired.libraries.some((library) => replaced.has(packageOf(library))),
    pending: [...wanted.keys()].some((id) => underWay.has(present.get(id)?.status ?? '')),
    notes: retried.map(([, library]) => `${libraryName(library)} FAILED last time and is tried again`),
  }
}
