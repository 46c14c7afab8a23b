import { attemptsOf } from '../plan/attempts.ts'
import { lostOf } from '../plan/lost.ts'
import type { Desired, DesiredFiles, LedgerTail, Plan, RecordedFile, RecordedState } from '../plan/state.ts'

type Files = NonNullable<RecordedState['files']>

/** Never equal to a real digest: the file is uploaded again by the next run that has files in scope. */
const unknownDigest = ''

const recordFiles = (desired: DesiredFiles, previous: Files | undefined, number: number): Files => {
  const known = new Map(previous?.files.map((file) => [file.digest, file.in]))
  const files = desired.files.map(({ source: _, ...file }) => ({
    ...file,
    in: known.get(file.digest) ?? number,
  }))
  return { root: desired.root, files }
}

/** A command without files in scope passes on what is known of them, and that a dead run may have written some. */
const carryFiles = (tail: LedgerTail): Files | undefined => {
  const doubtful = new Set(tail.unsettled.flatMap(({ paths }) => paths))
  const previous = tail.state?.files
  if (doubtful.size === 0 || previous === undefined) return previous
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
  return { ...previous, files: [...files, ...unrecorded.map(blank)] }
}

const recordClusters = (
  desired: Desired,
  plan: Plan,
  tail: LedgerTail,
  created: ReadonlyMap<string, string>,
) => {
  const before = tail.state?.clusters ?? {}
  if (!plan.scope.includes('cluster') && !plan.scope.includes('libraries')) return before
  const now = desired.clusters.flatMap(({ key, spec, libraries, strategy }) => {
    const change = plan.clusters.find((cluster) => cluster.key === key)
    const successor = plan.steps.flatMap((step) =>
      step.do === 'cluster.wait' && step.cluster.key === key && 'id' in step.cluster ? [step.cluster.id] : [],
    )
    const replaced = change?.action === 'blue-green' ? successor.at(-1) : undefined
    const id = created.get(key) ?? replaced ?? change?.id
    const old = before[key]
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

/** What the workspace holds after this deployment: the record that the next one compares with and a rollback restores. */
export const stateAfter = (
  desired: Desired,
  plan: Plan,
  tail: LedgerTail,
  created: ReadonlyMap<string, string>,
): RecordedState => {
  const files =
    plan.scope.includes('files') && desired.files
      ? recordFiles(desired.files, tail.state?.files, plan.base + 1)
      : carryFiles(tail)
  const lost = plan.scope.includes('cluster') ? [] : lostOf(tail)
  const attempts = plan.scope.includes('cluster') ? [] : attemptsOf(tail)
  return {
    clusters: recordClusters(desired, plan, tail, created),
    ...(files === undefined ? {} : { files }),
    ...(lost.length > 0 ? { lost } : {}),
    ...(attempts.length > 0 ? { attempts } : {}),
  }
}
