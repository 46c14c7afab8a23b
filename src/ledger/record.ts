import { gunzipSync, gzipSync } from 'node:zlib'
import { Fail } from '../errors.ts'
import { formatJson, parseJson } from '../http/json.ts'
import type { Attempt, LostCluster, RecordedFile, RecordedState } from '../plan/state.ts'

/** Who runs. `machine` tells processes of one machine apart from those of another, so that a dead one is known as dead. */
export interface Owner {
  /** Unique per run. */
  id: string
  actor: string
  machine: string
  pid: number
  pipelineUrl?: string
  /** The pipeline on its CI host; later ones have greater numbers, a repeated one keeps its number. */
  run?: { host: string; id: string }
  commit?: string
  branch?: string
}

/**
 * What every record of a journal has: the lock while its run is at work, the entry in the story afterwards. `Status` has `open`,
 * which is the lock. Times are ISO 8601, UTC.
 */
export interface JournalRecord<Status extends string = string> {
  version: 1
  number: number
  status: Status
  command: string
  owner: Owner
  startedAt: string
  /** Last sign of life, by the owner's clock. */
  beatAt: string
  /** Seconds after the last sign of life until others may take over. */
  ttlSeconds: number
  endedAt?: string
  failure?: { code: string; message: string }
}

/** `open` is a lock; `done` has the state that it left; the other two left the workspace somewhere in between. */
export type RecordStatus = 'open' | 'done' | 'failed' | 'interrupted'

/** One deployment. */
export interface DeploymentRecord extends JournalRecord<RecordStatus> {
  /** What was planned, a sentence each. */
  summary: string[]
  /** Paths below the synced folder that this run may have written or deleted. */
  touches: string[]
  /** Clusters that this run removes before their replacements are there. */
  lost?: LostCluster[]
  attempts?: Attempt[]
  pack?: PackIndex
  /** Only when done. */
  state?: RecordedState
}

/** Where the bytes of the files that this deployment brought are kept, for rollback. */
export interface PackIndex {
  /** gzip of JSON {digest: base64}, in base64, when small enough to travel in the record itself. */
  inline?: string
  /** Names of pack files beside the record. */
  files: string[]
}

export type JournalKind = 'deployment' | 'promotion'

/** What paths and messages need of a journal. */
export interface JournalName {
  kind: JournalKind
  folder: string
  /** What a record locks: a target, a model in a target. */
  subject: string
  /** The command that ends its lock. */
  unlock: string
}

/** Records of one kind in one folder of the workspace, numbered from 1: the newest one, while open, locks the subject. */
export interface Journal<R extends JournalRecord> extends JournalName {
  encode(record: R): Uint8Array
  /** @throws Fail LEDGER_UNREADABLE */
  decode(path: string, bytes: Uint8Array): R
  /** A done record without what only the successor of a dead run needs. */
  settled?(record: R): R
}

/** Whose records. */
export interface LedgerPlace {
  project: string
  target: string
}

/** The folder of one target's records. */
export const ledgerFolder = (project: string, target: string): string =>
  `/Shared/.brickrail/${project}/${target}/deployments`

const padded = (number: number): string => String(number).padStart(6, '0')

/** Workspace path of one record of a journal. */
export const recordPath = ({ folder }: JournalName, number: number): string =>
  `${folder}/${padded(number)}.json`

/** Workspace path of one of a deployment's pack files, counted from 1. */
export const packName = (number: number, count: number): string => `${padded(number)}-${count}.pack.gz`

/** The number in a record's file name; undefined for pack files and whatever else lies there. */
export const numberOf = (path: string): number | undefined => {
  const found = /\/(\d{6,})\.json$/.exec(path)
  return found?.[1] === undefined ? undefined : Number(found[1])
}

/** Above this a list of files is kept compressed; below, people can read it in the workspace. */
const plainFiles = 2000

const packFiles = (files: RecordedFile[]): unknown =>
  files.length <= plainFiles ? files : { gzip: gzipSync(formatJson(files)).toString('base64') }

const unpackFiles = (value: unknown): RecordedFile[] => {
  if (Array.isArray(value)) return value as RecordedFile[]
  const { gzip } = value as { gzip: string }
  return parseJson(gunzipSync(Buffer.from(gzip, 'base64')).toString('utf8')) as unknown as RecordedFile[]
}

/** @throws Fail LEDGER_UNREADABLE */
export const decodeJson = (kind: JournalKind, path: string, bytes: Uint8Array): JournalRecord => {
  try {
    const record = parseJson(Buffer.from(bytes).toString('utf8')) as unknown as JournalRecord
    if (record.version !== 1) throw new Error(`version ${String(record.version)} is not known`)
    return record
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    throw new Fail('LEDGER_UNREADABLE', { kind, path, why })
  }
}

export const encodeRecord = (record: DeploymentRecord): Uint8Array => {
  const files = record.state?.files
  const state = files ? { ...record.state, files: { ...files, files: packFiles(files.files) } } : record.state
  return Buffer.from(formatJson({ ...record, state }, 1))
}

/** @throws Fail LEDGER_UNREADABLE */
export const decodeRecord = (path: string, bytes: Uint8Array): DeploymentRecord => {
  const record = decodeJson('deployment', path, bytes) as DeploymentRecord
  try {
    const files = record.state?.files
    if (files) files.files = unpackFiles(files.files)
    return record
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    throw new Fail('LEDGER_UNREADABLE', { kind: 'deployment', path, why })
  }
}

/** What the next run must know of a dead one is of no use when this one has come to its end. */
const settled = (record: DeploymentRecord): DeploymentRecord => {
  const { lost: _lost, attempts: _attempts, ...rest } = record
  return rest
}

/** The deployments of a target. */
export const deployments = ({ project, target }: LedgerPlace): Journal<DeploymentRecord> => ({
  kind: 'deployment',
  folder: ledgerFolder(project, target),
  subject: target,
  unlock: 'brickrail unlock --force',
  encode: encodeRecord,
  decode: decodeRecord,
  settled,
})
