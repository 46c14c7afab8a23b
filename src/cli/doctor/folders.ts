import { dirname } from 'node:path/posix'
import type { Databricks } from '../../client/databricks.ts'
import { ApiError, isMissing } from '../../http/api-error.ts'
import { ledgerFolder } from '../../ledger/record.ts'
import type { ObjectInfo } from '../../wire/workspace.ts'
import { isAdmin, namesOf, type Check, type Finding, type Patient } from './check.ts'

/** The folder itself, or the nearest one above that is there: that is where the rights come from. */
export const nearest = async (client: Databricks, path: string): Promise<ObjectInfo> => {
  try {
    return await client.workspace.getStatus({ path })
  } catch (error) {
    if (!isMissing(error) || path === '/') throw error
    return await nearest(client, dirname(path))
  }
}

/** Levels that let somebody change what is in a folder. */
export const writing: ReadonlySet<string> = new Set(['CAN_EDIT', 'CAN_MANAGE'])

const mayWrite = async ({ client, me }: Patient, path: string): Promise<Finding> => {
  const check = `write to ${path}`
  const there = await nearest(client, path)
  if (there.object_type !== 'DIRECTORY')
    return {
      check,
      verdict: 'failed',
      detail: `${there.path} is a ${there.object_type}`,
      fix: 'move it away, or choose another workspace.path',
    }
  if (isAdmin(me)) return { check, verdict: 'ok', detail: `${me.userName} is a workspace admin` }
  const id = String(there.object_id)
  const { access_control_list } = await client.permissions.get({
    request_object_type: 'directories',
    request_object_id: id,
  })
  const names = namesOf(me).add('users')
  const granted = access_control_list?.some(
    ({ user_name, group_name, service_principal_name, all_permissions }) =>
      names.has(user_name ?? group_name ?? service_principal_name ?? '') &&
      all_permissions?.some(({ permission_level }) => writing.has(permission_level)),
  )
  if (granted) return { check, verdict: 'ok', detail: `CAN_EDIT or more on ${there.path}` }
  return {
    check,
    verdict: 'failed',
    detail: `${me.userName} lacks CAN_EDIT on ${there.path}`,
    fix: `somebody with CAN_MANAGE on ${there.path} grants CAN_EDIT to ${me.userName}`,
  }
}

/** Reading a folder's permissions may itself be refused; then nothing is known, and that is said. */
export const orUnknown = async (check: string, fix: string, work: Promise<Finding>): Promise<Finding> => {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error
    return {
      check,
      verdict: 'unknown',
      detail: error.apiMessage,
      fix,
    }
  }
}

/** Where files go, and where the deployment records (and with them the lock) are. */
export const checkFolders: Check = async (patient) => {
  const { project, target, files } = patient.desired
  const paths = [...(files ? [files.root] : []), ledgerFolder(project, target)]
  return await Promise.all(
    paths.map((path) =>
      orUnknown(`write to ${path}`, 'the first deployment will tell', mayWrite(patient, path)),
    ),
  )
}
