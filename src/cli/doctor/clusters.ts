import { observeClusters } from '../../observe/cluster.ts'
import type { DesiredCluster } from '../../plan/state.ts'
import { isAdmin, namesOf, type Check, type Finding, type Patient } from './check.ts'

const mayCreate = ({ me }: Patient, { key, spec }: DesiredCluster): Finding => {
  const check = `create cluster ${key}`
  const entitled = me.entitlements?.some(({ value }) => value === 'allow-cluster-create') ?? false
  if (isAdmin(me) || entitled) return { check, verdict: 'ok', detail: `${me.userName} may create clusters` }
  if (spec.policy_id !== undefined)
    return {
      check,
      verdict: 'unknown',
      detail: `only through policy ${spec.policy_id}`,
      fix: `a workspace admin grants CAN_USE on policy ${spec.policy_id} to ${me.userName}`,
    }
  return {
    check,
    verdict: 'failed',
    detail: `${me.userName} lacks the entitlement allow-cluster-create`,
    fix: `a workspace admin gives ${me.userName} «Unrestricted cluster creation», or names a policy_id in the cluster JSON`,
  }
}

const mayManage = async ({ client, me }: Patient, key: string, id: string): Promise<Finding> => {
  const check = `manage cluster ${key}`
  if (isAdmin(me)) return { check, verdict: 'ok', detail: `${me.userName} is a workspace admin` }
  const { access_control_list } = await client.permissions.get({
    request_object_type: 'clusters',
    request_object_id: id,
  })
  const names = namesOf(me)
  const managed = access_control_list?.some(
    ({ user_name, group_name, service_principal_name, all_permissions }) =>
      names.has(user_name ?? group_name ?? service_principal_name ?? '') &&
      all_permissions?.some(({ permission_level }) => permission_level === 'CAN_MANAGE'),
  )
  if (managed) return { check, verdict: 'ok', detail: `CAN_MANAGE on ${id}` }
  return {
    check,
    verdict: 'failed',
    detail: `${me.userName} lacks CAN_MANAGE on ${id}`,
    fix: `the owner of the cluster or an admin grants CAN_MANAGE on it to ${me.userName}`,
  }
}

/** Rights on the clusters that are there, and to create those that are not. */
export const checkClusterRights: Check = async (patient) => {
  const { client, desired } = patient
  const clusters = desired.clusters.map(({ key, spec, adopt }) => ({
    key,
    name: spec.cluster_name ?? key,
    adopt,
  }))
  const found = await observeClusters(client, { project: desired.project, target: desired.target, clusters })
  return await Promise.all(
    desired.clusters.map(async (cluster) => {
      const owned = found.find(({ key }) => key === cluster.key)?.owned[0]
      return owned
        ? await mayManage(patient, cluster.key, owned.details.cluster_id)
        : mayCreate(patient, cluster)
    }),
  )
}

const nodeTypes = ({ spec }: DesiredCluster): string[] =>
  [spec.node_type_id, spec.driver_node_type_id].filter((id) => id !== undefined)

/** Machine types are those of one cloud: an Azure type on an AWS workspace is a common copy-and-paste fault. */
export const checkNodeTypes: Check = async ({ client, desired }) => {
  const wanted = [...new Set(desired.clusters.flatMap(nodeTypes))]
  if (wanted.length === 0) return []
  const known = new Map(
    (await client.clusters.listNodeTypes({})).node_types?.map((type) => [type.node_type_id, type]),
  )
  return wanted.map((id): Finding => {
    const check = `node type ${id}`
    const type = known.get(id)
    if (!type) {
      const some = [...known.keys()].slice(0, 5).join(', ')
      return {
        check,
        verdict: 'failed',
        detail: 'this workspace does not have it',
        fix: `choose one of its own, such as ${some}`,
      }
    }
    return type.is_deprecated
      ? { check, verdict: 'warning', detail: 'deprecated', fix: 'choose a newer one before it is gone' }
      : { check, verdict: 'ok', detail: `${type.num_cores} cores, ${Math.round(type.memory_mb / 1024)} GB` }
  })
}

/** A runtime past its end of support may leave the list without notice; it may still start. */
export const checkRuntimes: Check = async ({ client, desired }) => {
  const wanted = [
    ...new Set(
      desired.clusters.flatMap(({ spec }) => (spec.spark_version === undefined ? [] : [spec.spark_version])),
    ),
  ]
  if (wanted.length === 0) return []
  const known = new Map(
    (await client.clusters.sparkVersions({})).versions?.map(({ key, name }) => [key, name]),
  )
  const newest = [...known].find(([, name]) => name.includes('LTS') && !/ML|GPU|Photon/.test(name))?.[0]
  return wanted.map((key): Finding => {
    const check = `runtime ${key}`
    const name = known.get(key)
    if (name !== undefined) return { check, verdict: 'ok', detail: name }
    return {
      check,
      verdict: 'warning',
      detail: 'this workspace does not list it',
      fix: `move to ${newest ?? 'a listed one'} (spark_version in the cluster JSON)`,
    }
  })
}
