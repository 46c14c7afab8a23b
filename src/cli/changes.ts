import type { Pipeline } from '../ci/model.ts'
import { startedBy } from '../ci/triggers.ts'
import { Fail } from '../errors.ts'
import type { LastGreen } from '../host/host.ts'

/** What HEAD is compared with. */
export interface Base {
  /** `none`: with nothing, so that everything counts as changed. */
  kind: 'given' | 'green' | 'push' | 'none'
  commit?: string | undefined
  /** Why this one, or why none. */
  why: string
}

interface Bases {
  /** By the command line. */
  given: string | undefined
  /** The commit before the push, as the host's event says. */
  before: string | undefined
  lastGreen: () => Promise<LastGreen>
}

/** A run that was cancelled or has failed is left out, wherever the host can tell: its changes are still to be deployed. */
export const baseOf = async ({ given, before, lastGreen }: Bases): Promise<Base> => {
  if (given !== undefined) return { kind: 'given', commit: given, why: 'it was given' }
  try {
    const green = await lastGreen()
    if ('commit' in green)
      return { kind: 'green', commit: green.commit, why: 'its run was the last green one' }
    if ('never' in green) return { kind: 'none', why: green.never }
    return { kind: 'push', commit: before, why: `it was there before the push; ${green.none}` }
  } catch (error) {
    if (!(error instanceof Fail) || !error.code.startsWith('CI_')) throw error
    return { kind: 'none', why: `the last green run is not known: ${error.message} (${error.hint})` }
  }
}

export interface Changed {
  /** Paths from the root of the repository; `unknown` counts as everything. */
  paths: readonly string[] | 'unknown'
  /** Why they are unknown. */
  why?: string
}

const unknown = (why: string): Changed => ({ paths: 'unknown', why })

/** No commit: the first push of a branch. */
const isZero = (base: string): boolean => /^0+$/.test(base)

const touched = ['log', '--format=', '--name-only', '--no-renames', '--cc', '-z']

const namesOf = (...lists: readonly string[]): string[] => [
  ...new Set(lists.flatMap((list) => list.split('\0').filter((name) => name !== ''))),
]

/**
 * What differs between two commits. A CI host starts too much rather than too little: whatever cannot be told counts as changed.
 * @param base the commit before the push
 * @param also `touched`: besides, what any commit in between has changed, though a later one took it back
 */
export const changedSince = async (
  folder: string,
  base: string | undefined,
  also?: 'touched',
): Promise<Changed> => {
  if (base === undefined || base.trim() === '') return unknown('nobody says what was there before')
  if (isZero(base)) return unknown('this is the first push of the branch')
  // Nothing that git could take for an option or a range.
  if (!/^[\w/][\w./@^~-]*$/.test(base) || base.includes('..')) return unknown(`«${base}» is no commit`)
  try {
    const { simpleGit } = await import('simple-git')
    const git = simpleGit(folder)
    const commit = (await git.raw(['rev-parse', '--verify', '--quiet', `${base}^{commit}`])).trim()
    if (commit === '') return unknown(`${base} is not in this clone`)
    // A file that moves counts on both sides.
    const names = await git.raw(['diff', '--name-only', '--no-renames', '-z', commit, 'HEAD'])
    const more = also === 'touched' ? await git.raw([...touched, `${commit}..HEAD`]) : ''
    return { paths: namesOf(names, more) }
  } catch (error) {
    return unknown(`git cannot tell: ${(error instanceof Error ? error.message : String(error)).trim()}`)
  }
}

/**
 * What may differ between HEAD and the workspace. A run that was not green may have deployed some of its commit, which
 * reverting the commit does not take back; and a force-push leaves commits that only the event knows.
 * @param before the commit before the push, if the host said so
 */
export const changedFrom = async (
  folder: string,
  { kind, commit, why }: Base,
  before: string | undefined,
): Promise<Changed> => {
  if (kind === 'none') return unknown(why)
  if (kind !== 'green') return await changedSince(folder, commit)
  const all = [await changedSince(folder, commit, 'touched')]
  if (before) all.push(await changedSince(folder, before))
  const paths = all.map((one) => one.paths)
  return all.find((one) => one.paths === 'unknown') ?? { paths: [...new Set(paths.flat())] }
}

/** Which push jobs these changes start, by name with _ for -, as texts: they become outputs of a CI job. */
export const startedJobs = (pipeline: Pipeline, { paths }: Changed): Record<string, 'true' | 'false'> =>
  Object.fromEntries(
    pipeline.jobs
      .filter(({ on }) => on.includes('push'))
      .map((job) => [job.name.replaceAll('-', '_'), startedBy(job, paths, pipeline) ? 'true' : 'false']),
  )

export const changesText = (
  jobs: Readonly<Record<string, string>>,
  { paths, why }: Changed,
  base: Base,
): string => {
  const started = Object.keys(jobs).filter((name) => jobs[name] === 'true')
  const what =
    paths === 'unknown' ? `everything counts as changed: ${why}` : `${paths.length} file(s) changed`
  const compared = base.commit ? `compared with ${base.commit}: ${base.why}\n` : ''
  return `${compared}${what}\nstarted by it: ${started.join(', ') || 'nothing'}`
}
