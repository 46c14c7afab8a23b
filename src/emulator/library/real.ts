/** The states of a library that is really installed, as they are kept and as they are shown. */
import type { LibraryFullStatus, LibraryStatus } from '../../wire/libraries.ts'
import type { ClockMode } from '../server/clock.ts'
import type { LibraryRecord, RealInstallation } from './rows.ts'

const phases = ['PENDING', 'RESOLVING', 'INSTALLING'] as const

const rankOf = (status: RealInstallation['status']): number => {
  const at = phases.findIndex((phase) => phase === status)
  return at < 0 ? phases.length : at
}

/** What it is in truth, in the run of its cluster that began then; a new run begins with new nodes. */
export const statusNow = ({ real }: LibraryRecord, run: number | undefined): RealInstallation['status'] =>
  real === undefined || real.run !== run ? 'PENDING' : real.status

export const isFinal = (status: RealInstallation['status']): boolean => rankOf(status) === phases.length

/** Phases go forward only: two processes may work on one state folder. */
export const withPhase = (
  record: LibraryRecord,
  run: number,
  status: 'RESOLVING' | 'INSTALLING',
): LibraryRecord => {
  const before = record.real?.run === run ? record.real : { run, status: 'PENDING' as const, shown: 0 }
  return rankOf(status) > rankOf(before.status) ? { ...record, real: { ...before, status } } : record
}

/**
 * The state to show: as it is, but no phase is left out, so that every waiter sees them all; under the instant clock
 * the last one stands for all. Returns the record to keep, too.
 */
export const showReal = (
  record: LibraryRecord,
  run: number,
  mode: ClockMode,
): { record: LibraryRecord; status: LibraryStatus; messages?: string[] } => {
  const real = record.real?.run === run ? record.real : { run, status: 'PENDING' as const, shown: 0 }
  const least = mode === 'instant' ? Math.min(rankOf(real.status), phases.length - 1) : 0
  const next = Math.max(real.shown, least)
  const at = Math.min(rankOf(real.status), next)
  const phase = phases[at]
  if (phase !== undefined) {
    const shown = Math.max(real.shown, at + 1)
    return { record: { ...record, real: { ...real, shown } }, status: phase }
  }
  return {
    record: { ...record, real },
    status: real.status,
    ...(real.messages === undefined || real.messages.length === 0 ? {} : { messages: real.messages }),
  }
}

export const shownReal = (
  library: LibraryFullStatus['library'],
  { status, messages }: { status: LibraryStatus; messages?: string[] },
): LibraryFullStatus => ({
  library,
  status,
  ...(messages === undefined ? {} : { messages }),
  is_library_for_all_clusters: false,
})
