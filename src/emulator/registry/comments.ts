import { randomUUID } from 'node:crypto'
import type { RegistryComment } from '../../wire/registry-databricks.ts'
import type { Call } from '../server/call.ts'
import { absent, denied } from '../server/refused.ts'
import { may, modelFor } from './access.ts'
import { findModelById, type ModelRecord } from './models.ts'
import type { VersionRecord } from './versions.ts'

interface CommentRow {
  id: string
  model: string
  number: number
  user: string
  created: number
  updated: number
  comment: string
}

const show = (call: Call, row: CommentRow): RegistryComment => ({
  id: row.id,
  comment: row.comment,
  creation_timestamp: row.created,
  last_updated_timestamp: row.updated,
  user_id: row.user,
  available_actions: row.user === call.me.user ? ['EDIT_COMMENT', 'DELETE_COMMENT'] : [],
})

const find = (call: Call, id: string): CommentRow => {
  const row = call.db.get<CommentRow>('SELECT * FROM registry_comments WHERE id = ?', id)
  if (row === undefined) throw absent(`Comment with ID ${id} does not exist.`)
  return row
}

export const addComment = (
  call: Call,
  { model, number }: VersionRecord,
  comment: string,
): RegistryComment => {
  const id = randomUUID().replaceAll('-', '')
  const insert = 'INSERT INTO registry_comments VALUES (?, ?, ?, ?, ?, ?, ?)'
  call.db.run(insert, id, model, number, call.me.user, call.now, call.now, comment)
  return show(call, find(call, id))
}

const modelOf = (call: Call, row: CommentRow): ModelRecord => {
  const model = findModelById(call.db, row.model)
  if (model === undefined) throw absent(`Comment with ID ${row.id} does not exist.`)
  return modelFor(call, model.name, 'CAN_READ')
}

const notYours = (call: Call, row: CommentRow) =>
  denied(`PERMISSION_DENIED: ${call.me.user} may not change the comment of ${row.user}.`)

/** @throws Refused 403 for somebody else's, 404 */
export const changeComment = (call: Call, id: string, comment: string): RegistryComment => {
  const row = find(call, id)
  modelOf(call, row)
  if (row.user !== call.me.user) throw notYours(call, row)
  call.db.run('UPDATE registry_comments SET comment = ?, updated = ? WHERE id = ?', comment, call.now, id)
  return show(call, find(call, id))
}

/** @throws Refused 403 for somebody else's, unless the caller manages the model; 404 */
export const dropComment = (call: Call, id: string): void => {
  const row = find(call, id)
  if (row.user !== call.me.user && !may(call, modelOf(call, row), 'CAN_MANAGE')) throw notYours(call, row)
  call.db.run('DELETE FROM registry_comments WHERE id = ?', id)
}
