import { attemptsOf } from '../plan/attempts.ts'
import { recordApps, recordPackages } from './code-state.ts'
import { lostOf } from '../plan/lost.ts'
import type { Done } from './done.ts'
import type { DesiredFiles, LedgerTail, RecordedFile, RecordedState } from '../plan/state.ts'
import type { Int64 } from '../wire/endpoint.ts'

type Files = NonNullable<RecordedState['files']>

/** Never equal to a real digest: the file is uploaded again by the next run that has files in scope. */
const unknownDigest = ''

/** When the server wrote what is there: read back after an upload, seen before it for the rest. */
const seenAt = ({ plan, deployed, writtenAt }: Done, root: string): Map<string, Int64> => {
  const seen = new Map(
    (deployed.files?.objects ?? []).flatMap(({ path, modified_at }) =>
      modified_at === undefined ? [] : [[path.slice(root.length + 1), modified_at] as const],
    ),
  )
  const uploaded = plan.steps.flatMap((step) => (step.do === 'files.upload' ? step.files : []))
  for (const { path } of uploaded) {
    const at = writtenAt.get(path)
    if (at === undefined) seen.delete(path)
    else seen.set(path, at)
  }
  return seen
}

const recordFiles = (done: Done, desired: DesiredFiles): Files => {
  const known = new Map(done.deployed.ledger.state?.files?.files.map((file) => [file.digest, file.in]))
  const seen = seenAt(done, desired.root)
  const files = desired.files.map(({ source: _source, ...file }): RecordedFile => {
    const at = seen.get(file.path)
    return { ...file, in: known.get(file.digest) ?? done.plan.base + 1, ...(at === undefined ? {} : { at }) }
  })
  return { root: desired.root, files }
}

/** A command without files in scope passes on what is known of them, and that a dead run may have written some. */
const carryFiles = (tail: LedgerTail): Files | undefined => {
  const doubtful = new Set(tail.unsettled.flatMap(({ paths }) => paths))
  const previous = tail.state?.files
  if (previous === undefined) return undefined
  const asOf = previous.asOf ?? tail.closedAt
  const dated = asOf === undefined ? previous : { ...previous, asOf }
  if (doubtful.size === 0) return dated
  const known = new Set(previous.files.map(({ path }) => path))
  const unrecorded = [...doubtful].filter((path) => !known.has(path))
  const blank = (path: string): RecordedFile => ({
    path,
    type: 'FILE',
    format: 'RAW',
    digest: unknownDigest,
    size: 0,
    in: 0,
  })
  const files = previous.files.map((file) =>
    doubtful.has(file.path) ? { ...file, digest: unknownDigest } : file,
  )
  return { ...dated, files: [...files, ...unrecorded.map(blank)] }
}

const recordClusters = ({ desired, plan, deployed, created }: Done): RecordedState['clusters'] => {
  const before = deployed.ledger.state?.clusters
  if (!plan.scope.includes('cluster') && !plan.scope.includes('libraries')) return before
  const now = desired.clusters.flatMap(({ key, spec, libraries, strategy }) => {
    const change = plan.clusters.find((cluster) => cluster.key === key)
    const successor = plan.steps.flatMap((step) =>
      step.do === 'cluster.wait' && step.cluster.key === key && 'id' in step.cluster ? [step.cluster.id] : [],
    )
    const replaced = change?.action === 'blue-green' ? successor.at(-1) : undefined
    const id = created.get(key) ?? replaced ?? change?.id
    const old = before?.[key]
    if (id === undefined) return []
    return [
      [
        key,
        {
          id,
          spec: plan.scope.includes('cluster') ? spec : (old?.spec ?? spec),
          libraries: plan.scope.includes('libraries') ? libraries : (old?.libraries ?? []),
          strategy,
        },
      ] as const,
    ]
  })
  return Object.fromEntries(now)
}

const recordJobs = ({ desired, plan, deployed, createdJobs }: Done): RecordedState['jobs'] => {
  const before = deployed.ledger.state?.jobs
  if (!plan.scope.includes('job') || (desired.jobs === undefined && before === undefined)) return before
  const now = (desired.jobs ?? []).flatMap(({ key, settings, acl }) => {
    const id = createdJobs.get(key) ?? plan.jobs?.find((job) => job.key === key)?.id
    return id === undefined ? [] : [[key, { id, settings, ...(acl ? { acl } : {}) }] as const]
  })
  return Object.fromEntries(now)
}

/** What the workspace holds after this deployment: the record that the next one compares with and a rollback restores. */
export const stateAfter = (done: Done): RecordedState => {
  const { desired, plan, deployed } = done
  const tail = deployed.ledger
  const files = plan.scope.includes('files')
    ? desired.files && recordFiles(done, desired.files)
    : carryFiles(tail)
  const clusters = recordClusters(done)
  const [packages, apps, jobs] = [recordPackages(done), recordApps(done), recordJobs(done)]
  const lost = plan.scope.includes('cluster') ? [] : lostOf(tail)
  const attempts = plan.scope.includes('cluster') ? [] : attemptsOf(tail)
  return {
    ...(clusters === undefined ? {} : { clusters }),
    ...(files === undefined ? {} : { files }),
    ...(packages === undefined ? {} : { packages }),
    ...(apps === undefined ? {} : { apps }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(lost.length > 0 ? { lost } : {}),
    ...(attempts.length > 0 ? { attempts } : {}),
  }
}
