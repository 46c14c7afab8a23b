import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../server/call.ts'
import { nextId } from '../server/clock.ts'
import { onDisk } from '../server/disk.ts'
import { absent } from '../server/refused.ts'
import { uploadsRoot } from '../server/spool.ts'
import { demandWritable, moveIntoPlace } from './write.ts'

/** An idle stream ends: https://docs.databricks.com/api/workspace/dbfs/create */
const idleMs = 10 * 60 * 1000

interface Row {
  id: string
  path: string
  user: string
  overwrite: number
  touched: number
}

const fileOf = (call: Call, id: string): string => join(uploadsRoot(call.site.folder()), id)

/** Forget streams that nobody goes on with, and files that a killed emulator left. */
const sweep = (call: Call): void => {
  call.db.run('DELETE FROM dbfs_handles WHERE touched < ?', call.now - idleMs)
  const folder = uploadsRoot(call.site.folder())
  const known = new Set(call.db.all<Row>('SELECT * FROM dbfs_handles').map(({ id }) => id))
  for (const name of readdirSync(folder)) {
    const modified = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (!known.has(name) && Date.now() - modified > idleMs) rmSync(join(folder, name), { force: true })
  }
}

/** Open a stream. The file appears when it is closed. @throws Refused 400 as `demandWritable` */
export const openHandle = (call: Call, path: string, overwrite: boolean): string => {
  demandWritable(call, path, overwrite)
  const id = nextId(call.db)
  onDisk(path, () => {
    mkdirSync(uploadsRoot(call.site.folder()), { recursive: true })
    sweep(call)
    closeSync(openSync(fileOf(call, id), 'wx'))
  })
  const insert = 'INSERT INTO dbfs_handles (id, path, user, overwrite, touched) VALUES (?, ?, ?, ?, ?)'
  call.db.run(insert, id, path, call.me.user, overwrite ? 1 : 0, call.now)
  return id
}

/** @throws Refused 404 for an unknown, closed, expired or somebody else's handle */
const needed = (call: Call, id: string): Row => {
  const row = call.db.get<Row>('SELECT * FROM dbfs_handles WHERE id = ? AND user = ?', id, call.me.user)
  if (row === undefined || row.touched < call.now - idleMs)
    throw absent(`No stream exists with handle ${id}.`)
  return row
}

/** All of the block or nothing of it: a client may send it again after a refusal. */
const append = (file: string, bytes: Uint8Array): void => {
  const target = openSync(file, 'r+')
  const { size } = fstatSync(target)
  try {
    for (let done = 0; done < bytes.length;)
      done += writeSync(target, bytes, done, bytes.length - done, size + done)
  } catch (error) {
    ftruncateSync(target, size)
    throw error
  } finally {
    closeSync(target)
  }
}

export const addBlock = (call: Call, id: string, bytes: Uint8Array): void => {
  const { path } = needed(call, id)
  onDisk(path, () => append(fileOf(call, id), bytes))
  call.db.run('UPDATE dbfs_handles SET touched = ? WHERE id = ?', call.now, id)
}

export const closeHandle = (call: Call, id: string): void => {
  const { path, overwrite } = needed(call, id)
  demandWritable(call, path, overwrite === 1)
  moveIntoPlace(call, path, fileOf(call, id))
  call.db.run('DELETE FROM dbfs_handles WHERE id = ?', id)
}
