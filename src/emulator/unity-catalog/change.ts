/** What both APIs of Unity Catalog do to models and versions. */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { removeModelFiles, ucLocation } from '../artifact/uc-storage.ts'
import { rootOf } from '../artifact/storage.ts'
import { dropAliasesAt, putAlias } from '../registry/aliases.ts'
import { dropModel, renameModel, setModel, touchModel, type ModelRecord } from '../registry/models.ts'
import { endOf, setStatus } from '../registry/status.ts'
import { dropVersion, setVersion, type VersionRecord } from '../registry/versions.ts'
import type { Call } from '../server/call.ts'
import { onDisk } from '../server/disk.ts'
import { catalogModel, catalogVersion } from './rows.ts'

const folderOf = (call: Call, name: string): string =>
  join(rootOf(call.site.folder(), 'models'), ...ucLocation(name, '').split('/').slice(2))

/** The files are found by name, so they go with it. @throws Refused 400 RESOURCE_ALREADY_EXISTS */
export const rename = (call: Call, model: ModelRecord, to: string): ModelRecord => {
  renameModel(call, model, to)
  const [from, into] = [folderOf(call, model.name), folderOf(call, to)]
  call.site.later(() =>
    onDisk(into, () => {
      if (from === into || !existsSync(from)) return
      mkdirSync(dirname(into), { recursive: true })
      renameSync(from, into)
    }),
  )
  return catalogModel(call, to)
}

/** With its versions, their aliases and their files. */
export const remove = (call: Call, model: ModelRecord): void => {
  dropModel(call.db, model.id)
  call.site.later(() => removeModelFiles(call, model.name))
}

/** With its aliases and files. */
export const removeVersion = (call: Call, version: VersionRecord): void => {
  dropAliasesAt(call.db, version)
  dropVersion(call, version)
  call.site.later(() => removeModelFiles(call, version.name, version.number))
}

export const pointAlias = (call: Call, model: ModelRecord, alias: string, number: number): void => {
  putAlias(call.db, catalogVersion(call, model, number), alias)
  touchModel(call, model.id)
}

export const describe = (call: Call, model: ModelRecord, comment: string | undefined): void =>
  setModel(call, model.id, 'description', comment)

export const describeVersion = (
  call: Call,
  model: ModelRecord,
  version: VersionRecord,
  comment: string | undefined,
): VersionRecord => {
  setVersion(call, version, 'description', comment)
  return catalogVersion(call, model, version.number)
}

/** The client says that its files are there. Whatever is no longer PENDING_REGISTRATION stays as it is. */
export const finalize = (call: Call, model: ModelRecord, version: VersionRecord): VersionRecord => {
  if (version.status !== 'PENDING_REGISTRATION') return version
  const { status, message } = endOf(call, model.name)
  setStatus(call, version, status, message)
  return catalogVersion(call, model, version.number)
}
