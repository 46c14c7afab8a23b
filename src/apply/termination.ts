import type { ClusterDetails } from '../wire/clusters.ts'

/**
 * What to do about a TerminationReason code. The codes are those of databricks-sdk-py `service/compute.py`
 * TerminationReasonCode; only those with a remedy of their own are here.
 */
const remedies: Readonly<Record<string, string>> = {
  AZURE_QUOTA_EXCEEDED_EXCEPTION:
    'ask for more vCPU quota of this VM family in the Azure region, or choose another node_type_id',
  AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE:
    'AWS has no such instances in this zone now: set zone_id "auto" or choose another node_type_id',
  AWS_VCPU_LIMIT_EXCEEDED_FAILURE: 'ask AWS for a higher vCPU limit, or choose fewer or smaller workers',
  GCP_QUOTA_EXCEEDED: 'ask for more quota in this GCP region, or choose another node_type_id',
  CLOUD_PROVIDER_RESOURCE_STOCKOUT:
    'the cloud has no such machines now: run again later, or choose another node_type_id or zone',
  CLOUD_PROVIDER_LAUNCH_FAILURE:
    'the cloud refused the machines: read the parameters above; quota, network and instance profile are the usual causes',
  CLOUD_PROVIDER_SHUTDOWN: 'the cloud took the machines away: run again, or use on-demand instead of spot',
  INSTANCE_POOL_CLUSTER_FAILURE:
    'look at the instance pool: capacity, and whether its image has this Spark version',
  INIT_SCRIPT_FAILURE:
    'read the init script log under the cluster log destination; the script ended with an error',
  INVALID_ARGUMENT: 'the message names the field of the cluster JSON to mend',
  SPARK_STARTUP_FAILURE: 'Spark did not start: check spark_conf and the driver log',
  DRIVER_OUT_OF_MEMORY: 'choose a larger driver_node_type_id',
  DRIVER_UNREACHABLE: 'check network security groups and the route between control plane and cluster',
  BOOTSTRAP_TIMEOUT:
    'the machines did not report in time: check DNS, NAT and firewall of the cluster network; then run again',
  NETWORK_CONFIGURATION_FAILURE: 'check DNS, NAT and firewall of the cluster network',
  UNSUPPORTED_INSTANCE_TYPE: 'choose a node_type_id from clusters/list-node-types',
}

const parametersOf = (parameters: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(parameters ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')

/** Why a cluster ended, and what to do about it. */
export const explainTermination = (details: ClusterDetails): { reason: string; hint: string } => {
  const found = details.termination_reason
  const parameters = parametersOf(found?.parameters)
  const reason = [found?.code, found?.type, parameters, details.state_message]
    .filter((part) => part !== undefined && part !== '')
    .join('; ')
  return {
    reason: reason === '' ? 'the workspace gives no reason' : reason,
    hint:
      remedies[found?.code ?? ''] ??
      'open the event log of the cluster in the workspace; mend the cause and run again',
  }
}
