import type { DeployedJobs, DesiredJob, ObservedJob } from './state-code.ts'
import type { LedgerTail, Plan } from './state.ts'

/** Which of the jobs of one key is the one in use, and what the others are. */
export interface JobChoice {
  current?: ObservedJob
  adopted: boolean
  /** Made by runs that died between the create and its answer. */
  duplicates: ObservedJob[]
  warnings: string[]
  refusals: Plan['refusals']
}

const idOf = ({ job_id }: ObservedJob): string => String(job_id)

const describe = (job: ObservedJob): string =>
  `${idOf(job)}${job.creator === undefined ? '' : ` (by ${job.creator})`}`

const sameName = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && a.toLowerCase() === b?.toLowerCase()

/** One that was cloned by hand carries our tags too, but another name: it is somebody's, and stays. */
export const splitOwned = (
  owned: readonly ObservedJob[],
  recordedId: string | undefined,
  name: string | undefined,
): { current?: ObservedJob; duplicates: ObservedJob[]; clones: ObservedJob[] } => {
  const current =
    owned.find((job) => idOf(job) === recordedId) ??
    owned.find((job) => sameName(job.settings.name, name)) ??
    owned[0]
  if (!current) return { duplicates: [], clones: [] }
  const names = [current.settings.name, name]
  const rest = owned.filter((job) => job !== current)
  const duplicates = rest.filter((job) => names.some((one) => sameName(job.settings.name, one)))
  return { current, duplicates, clones: rest.filter((job) => !duplicates.includes(job)) }
}

export const cloneWarnings = (key: string, clones: readonly ObservedJob[]): string[] =>
  clones.map((job) => `job ${key}: ${describe(job)} is left alone, though marked as ours (a clone?)`)

const unknownId = (key: string, id: string): Plan['refusals'][number] => ({
  what: `job ${id}, which jobs.${key} wants to adopt, is not there, or is that of another project or target`,
  hint: 'look up its id in the workspace, or remove `adopt` to have a new job created',
})

const foreign = (desired: DesiredJob, same: readonly ObservedJob[]): Plan['refusals'][number] => {
  const name = desired.settings.name ?? desired.key
  const list = same.map(describe).join(', ')
  const [only, ...others] = same
  const hint =
    others.length > 0
      ? `name the one to take over: \`adopt: "${only && idOf(only)}"\` under jobs.${desired.key}, or rename yours`
      : `to take it over, write \`${desired.key}: { settings: …, adopt: true }\` under jobs; or rename yours`
  return { what: `the name «${name}» is that of job ${list}, which no project marks as its own`, hint }
}

/** Jobs of the same name that nobody marks: taken over only when `adopt` says so, never doubled. */
const choose = (desired: DesiredJob, unowned: readonly ObservedJob[]): JobChoice => {
  const none: JobChoice = { adopted: false, duplicates: [], warnings: [], refusals: [] }
  const { adopt } = desired
  if (typeof adopt === 'string') {
    const found = unowned.find((job) => idOf(job) === adopt)
    return found
      ? { ...none, current: found, adopted: true }
      : { ...none, refusals: [unknownId(desired.key, adopt)] }
  }
  const same = unowned.filter((job) => sameName(job.settings.name, desired.settings.name ?? desired.key))
  const [only, ...others] = same
  if (!only) return none
  if (adopt && others.length === 0) return { ...none, current: only, adopted: true }
  return { ...none, refusals: [foreign(desired, same)] }
}

/** The recorded job is the one; without a record the oldest of its name, so that run history stays. */
export const chooseJob = (desired: DesiredJob, deployed: DeployedJobs, ledger: LedgerTail): JobChoice => {
  const owned = deployed.owned.filter(({ key }) => key === desired.key)
  const recorded = ledger.state?.jobs?.[desired.key]?.id
  const { current, duplicates, clones } = splitOwned(owned, recorded, desired.settings.name)
  if (!current) return choose(desired, deployed.unowned)
  return { current, adopted: false, duplicates, warnings: cloneWarnings(desired.key, clones), refusals: [] }
}
