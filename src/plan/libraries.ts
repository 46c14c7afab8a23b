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

/** `cran tidyverse SKIPPED: there is no Rscript on this machine`. */
export const skippedText = ({ library, messages }: LibraryFullStatus): string =>
  `${libraryName(library)} SKIPPED${messages?.length ? `: ${messages.join(' ')}` : ''}`

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
  /** Those that the cluster cannot have are told of, and the deployment is good all the same. */
  skipped?: 'allow'
  notes: string[]
}

const failed = new Set(['FAILED', 'SKIPPED', 'UNINSTALL_ON_RESTART'])
/** How the embedded workspace begins the message of a library that only the network kept away (compute/texts.ts). */
export const outOfReach = 'its package index cannot be reached'

/** Unlike the other reasons for SKIPPED (no R, no JVM), this one may be over by the next deployment. */
const isOutOfReach = ({ status, messages }: LibraryFullStatus): boolean =>
  status === 'SKIPPED' && (messages ?? []).some((text) => text.startsWith(outOfReach))

const retryNote = ({ library, status }: LibraryFullStatus): string =>
  status === 'FAILED'
    ? `${libraryName(library)} FAILED last time and is tried again`
    : `try ${libraryName(library)} again: its package index could not be reached`

const underWay = new Set(['PENDING', 'RESOLVING', 'INSTALLING'])

/**
 * Which libraries to add and remove. A library is the whole object: the API treats x==1 and x==2 as two.
 * What was neither declared now nor by the last deployment is not ours, unless `librariesExclusive`.
 */
export const planLibraries = (
  desired: Pick<DesiredCluster, 'libraries' | 'librariesExclusive' | 'librariesSkipped'>,
  observed: readonly LibraryFullStatus[],
  recorded: readonly Library[],
): LibraryChange => {
  const wanted = new Map(desired.libraries.map((library) => [canonical(library), library]))
  const present = new Map(observed.map((status) => [canonical(status.library), status]))
  const ours = new Set(recorded.map((library) => canonical(library)))
  const allowed = (id: string) => {
    const there = present.get(id)
    return desired.librariesSkipped === 'allow' && there?.status === 'SKIPPED' && !isOutOfReach(there)
  }
  const install = [...wanted].filter(
    ([id]) => failed.has(present.get(id)?.status ?? 'FAILED') && !allowed(id),
  )
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
  const retried = install
    .flatMap(([id]) => present.get(id) ?? [])
    .filter((there) => there.status === 'FAILED' || isOutOfReach(there))
  return {
    wanted: desired.libraries,
    install: install.map(([, library]) => library),
    uninstall: uninstall.map(([, { library }]) => library),
    restart: desired.libraries.some((library) => replaced.has(packageOf(library))),
    pending: [...wanted.keys()].some((id) => underWay.has(present.get(id)?.status ?? '')),
    ...(desired.librariesSkipped === undefined ? {} : { skipped: desired.librariesSkipped }),
    notes: [
      ...retried.map(retryNote),
      ...[...wanted.keys()]
        .filter(allowed)
        .flatMap((id) => present.get(id) ?? [])
        .map(skippedText),
    ],
  }
}
