import type { ClusterDetails, ClusterSpec } from '../wire/clusters.ts'
import type { JobSettings } from '../wire/jobs.ts'
import { canonical } from './canonical.ts'
import type { PlanTools } from './fields.ts'

/** Custom tags that say whose a cluster is. They travel with the cluster, so ownership needs no state file. */
export const markerTags = {
  project: 'brickrail_project',
  target: 'brickrail_target',
  /** The key under `clusters:`. */
  cluster: 'brickrail_cluster',
  /** Digest of the declared spec without its size. */
  spec: 'brickrail_spec',
  /** Number of the deployment that created it. */
  generation: 'brickrail_generation',
} as const

const names = new Set<string>(Object.values(markerTags))

export const isMarkerTag = (tag: string): boolean => names.has(tag)

/** Tags of a job that say whose it is. */
export const jobMarkerTags = {
  project: markerTags.project,
  target: markerTags.target,
  /** The key under `jobs:`. */
  job: 'brickrail_job',
} as const

const jobNames = new Set<string>(Object.values(jobMarkerTags))

export const isJobMarkerTag = (tag: string): boolean => jobNames.has(tag)

/** Whose a job is; undefined when it carries no marker. */
export const jobOwnerOf = ({
  tags = {},
}: JobSettings): { project: string; target: string; key: string } | undefined => {
  const project = tags[jobMarkerTags.project]
  if (project === undefined) return undefined
  return { project, target: tags[jobMarkerTags.target] ?? '', key: tags[jobMarkerTags.job] ?? '' }
}

/** The settings that are sent: with our tags, and those of others. */
export const markedJob = (
  settings: JobSettings,
  mark: Pick<Mark, 'project' | 'target' | 'key'>,
  foreign: Readonly<Record<string, string>> = {},
): JobSettings => ({
  ...settings,
  tags: {
    ...foreign,
    ...settings.tags,
    [jobMarkerTags.project]: mark.project,
    [jobMarkerTags.target]: mark.target,
    [jobMarkerTags.job]: mark.key,
  },
})

/** Whose a cluster is; undefined when it carries no marker. */
export const ownerOf = (
  details: ClusterSpec,
): { project: string; target: string; key: string } | undefined => {
  const tags = details.custom_tags ?? {}
  const project = tags[markerTags.project]
  if (project === undefined) return undefined
  return { project, target: tags[markerTags.target] ?? '', key: tags[markerTags.cluster] ?? '' }
}

/** The deployment that created it; larger is newer. 0 when the tag is absent or no number. */
export const generationOf = (details: ClusterDetails): number =>
  Number(details.custom_tags?.[markerTags.generation] ?? 0) || 0

/** The size is left out: a resize changes it without touching tags, which would restart the cluster. */
const specDigest = (spec: ClusterSpec, tools: PlanTools): string => {
  const { num_workers: _size, autoscale: _sizes, ...rest } = spec
  return tools.digest(canonical(rest)).slice(0, 16)
}

export interface Mark {
  project: string
  target: string
  key: string
  generation: number
}

/** The service answers a known token with the cluster of that token: a replacement must not be the one it replaces. */
const freshToken = ({ idempotency_token: token }: ClusterSpec, mark: Mark, tools: PlanTools): ClusterSpec =>
  token === undefined ? {} : { idempotency_token: tools.digest(canonical([token, mark])) }

/**
 * The body that is sent: the declared spec with our tags.
 * @param foreign tags of others, which stay
 */
export const marked = (
  spec: ClusterSpec,
  mark: Mark,
  tools: PlanTools,
  foreign: Readonly<Record<string, string>> = {},
): ClusterSpec => ({
  ...spec,
  ...freshToken(spec, mark, tools),
  custom_tags: {
    ...foreign,
    ...spec.custom_tags,
    [markerTags.project]: mark.project,
    [markerTags.target]: mark.target,
    [markerTags.cluster]: mark.key,
    [markerTags.spec]: specDigest(spec, tools),
    [markerTags.generation]: String(mark.generation),
  },
})
