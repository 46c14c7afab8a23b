import type { NodeType } from '../../wire/clusters.ts'

export type Cloud = 'azure' | 'aws' | 'gcp'

type Row = readonly [id: string, memoryGb: number, cores: number, category: string, gpus?: number]

const general = 'General Purpose'
const memory = 'Memory Optimized'
const compute = 'Compute Optimized'
const storage = 'Storage Optimized'
const gpu = 'GPU Accelerated'

/** Sizes after the clouds' own tables. One workspace lists all three clouds here, so that any sample deploys. */
const rows: Readonly<Record<Cloud, readonly Row[]>> = {
  azure: [
    ['Standard_DS3_v2', 14, 4, general],
    ['Standard_DS4_v2', 28, 8, general],
    ['Standard_DS5_v2', 56, 16, general],
    ['Standard_D4s_v3', 16, 4, general],
    ['Standard_D8s_v3', 32, 8, general],
    ['Standard_D4ds_v5', 16, 4, general],
    ['Standard_D8ds_v5', 32, 8, general],
    ['Standard_E4ds_v4', 32, 4, memory],
    ['Standard_E8ds_v4', 64, 8, memory],
    ['Standard_DS12_v2', 28, 4, memory],
    ['Standard_DS13_v2', 56, 8, memory],
    ['Standard_F4s', 8, 4, compute],
    ['Standard_F8s_v2', 16, 8, compute],
    ['Standard_L8s_v2', 64, 8, storage],
    ['Standard_NC6s_v3', 112, 6, gpu, 1],
    ['Standard_NC4as_T4_v3', 28, 4, gpu, 1],
  ],
  aws: [
    ['m4.large', 8, 2, general],
    ['m4.xlarge', 16, 4, general],
    ['m5.large', 8, 2, general],
    ['m5.xlarge', 16, 4, general],
    ['m5d.large', 8, 2, general],
    ['m5d.xlarge', 16, 4, general],
    ['m6gd.large', 8, 2, general],
    ['r3.xlarge', 30.5, 4, memory],
    ['r4.xlarge', 30.5, 4, memory],
    ['r5d.large', 16, 2, memory],
    ['c4.2xlarge', 15, 8, compute],
    ['c5d.2xlarge', 16, 8, compute],
    ['i3.xlarge', 30.5, 4, storage],
    ['i3.2xlarge', 61, 8, storage],
    ['i4i.xlarge', 32, 4, storage],
    ['p3.2xlarge', 61, 8, gpu, 1],
    ['g4dn.xlarge', 16, 4, gpu, 1],
  ],
  gcp: [
    ['n1-standard-4', 15, 4, general],
    ['n2-standard-4', 16, 4, general],
    ['n2-standard-8', 32, 8, general],
    ['e2-standard-4', 16, 4, general],
    ['n2-highmem-4', 32, 4, memory],
    ['n2-highcpu-8', 8, 8, compute],
    ['a2-highgpu-1g', 85, 12, gpu, 1],
  ],
}

/** The real list flags these: still usable, not to be chosen. */
const deprecated = new Set(['r3.xlarge', 'c4.2xlarge', 'm4.large', 'm4.xlarge'])

const describe = (cloud: Cloud, [id, memoryGb, cores, category, gpus = 0]: Row): NodeType => ({
  node_type_id: id,
  memory_mb: memoryGb * 1024,
  num_cores: cores,
  num_gpus: gpus,
  description: id,
  instance_type_id: id,
  category,
  is_deprecated: deprecated.has(id),
  is_hidden: false,
  is_io_cache_enabled: category === storage,
  is_graviton: id.startsWith('m6g'),
  is_encrypted_in_transit: false,
  support_cluster_tags: true,
  support_ebs_volumes: cloud === 'aws' && category !== storage,
  support_port_forwarding: true,
  photon_driver_capable: gpus === 0,
  photon_worker_capable: gpus === 0,
  display_order: 0,
  node_instance_type: {
    instance_type_id: id,
    local_disks: category === storage ? 1 : 0,
    local_disk_size_gb: category === storage ? 475 : 0,
  },
})

const clouds = ['azure', 'aws', 'gcp'] as const

/** Answer of clusters/list-node-types. */
export const nodeTypes: readonly NodeType[] = clouds.flatMap((cloud) =>
  rows[cloud].map((row) => describe(cloud, row)),
)

const byId = new Map(nodeTypes.map((type) => [type.node_type_id, type]))
const cloudById = new Map(clouds.flatMap((cloud) => rows[cloud].map(([id]) => [id, cloud] as const)))

export const findNodeType = (id: string | undefined): NodeType | undefined => byId.get(id ?? '')
export const cloudOf = (id: string | undefined): Cloud => cloudById.get(id ?? '') ?? 'azure'
