import { dirname } from 'node:path/posix'
import { modelsRoot } from '../../ledger/model-places.ts'
import type { AccessControlResponse } from '../../wire/permissions.ts'
import type { Check, Finding, Patient } from './check.ts'
import { nearest, orUnknown, writing } from './folders.ts'

interface Writer {
  who: string
  /** `/directories/<id>`: where the right is given. */
  at: readonly string[]
}

/** Service principals are named one by one, for the pipelines; people and groups are not expected beside the admins. */
const writersOf = (
  { me }: Patient,
  list: readonly AccessControlResponse[],
  here: string,
): readonly Writer[] =>
  list.flatMap(({ user_name, group_name, service_principal_name, all_permissions = [] }) => {
    const who = group_name ?? user_name
    const rights = all_permissions.filter(({ permission_level }) => writing.has(permission_level))
    const expected =
      service_principal_name !== undefined || group_name === 'admins' || user_name === me.userName
    return who === undefined || expected || rights.length === 0
      ? []
      : [{ who, at: rights.flatMap(({ inherited_from_object: from = [here] }) => from) }]
  })

const shown = (writers: readonly Writer[]): string => {
  const names = writers.map(({ who }) => who)
  return names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ')
}

/** Paths of the folders that give the rights, which are among those above. */
const foldersOf = async ({ client }: Patient, path: string, at: readonly string[]): Promise<string> => {
  const found: string[] = []
  for (let folder = path; found.length < at.length; folder = dirname(folder)) {
    const id = await client.workspace.getStatus({ path: folder }).then(
      ({ object_id }) => object_id,
      // Folders above may be closed to this identity: what is known already is worth more than their names.
      () => undefined,
    )
    if (at.includes(`/directories/${id}`)) found.push(folder)
    if (folder === '/') break
  }
  return found.join(', ') || path
}

const finding = async (patient: Patient, check: string, path: string): Promise<Finding> => {
  const there = await nearest(patient.client, path)
  const id = String(there.object_id)
  const { access_control_list = [] } = await patient.client.permissions.get({
    request_object_type: 'directories',
    request_object_id: id,
  })
  const writers = writersOf(patient, access_control_list, `/directories/${id}`)
  if (writers.length === 0)
    return {
      check,
      verdict: 'ok',
      detail: 'only admins, this identity and service principals may write there',
    }
  if (patient.embedded)
    return { check, verdict: 'ok', detail: `${shown(writers)} may write there, as in a new workspace` }
  const at = [...new Set(writers.flatMap((writer) => writer.at))]
  return {
    check,
    verdict: 'warning',
    detail: `${shown(writers)} may write there, and so forge evidence and promotion records`,
    fix: `an admin restricts ${await foldersOf(patient, there.path, at)} to admins and the pipelines' service principal: «Share (Permissions)» in the workspace, or ${at.map((object) => `PUT /api/2.0/permissions${object}`).join(', ')}`,
  }
}

/** Evidence and promotion records are files: who may write them can make up what a promotion rests on. */
export const checkEvidenceFolder: Check = async (patient) => {
  if (patient.models.length === 0) return []
  const path = modelsRoot(patient.desired)
  const check = `evidence in ${path}`
  const fix = 'look at «Share (Permissions)» of the folder: who may edit it can forge evidence'
  return [await orUnknown(check, fix, finding(patient, check, path))]
}
