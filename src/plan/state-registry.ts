import type { Int64 } from '../wire/endpoint.ts'
import type { Place } from './state-policy.ts'

/** One version as a registry shows it. Numbers of versions are text everywhere. */
export interface VersionInfo {
  version: string
  /** READY, PENDING_REGISTRATION, FAILED_REGISTRATION; what the registry says. */
  status: string
  statusMessage?: string
  /** None, Staging, Production, Archived; absent where there are no stages. */
  stage?: string
  aliases: string[]
  tags: Record<string, string>
  description?: string
  source?: string
  runId?: string
  modelId?: string
  user?: string
  /** ms since 1970 */
  createdAt?: Int64
  updatedAt?: Int64
}

/** Which versions are at a place: more than one is a fault that somebody else has made; ascending by number. */
export type Holders = Record<Place, string[]>

/** Who is where; and aliases that name a version which was deleted. */
export interface Places {
  holders: Holders
  dangling: Partial<Record<Place, string>>
}

export interface ModelInfo {
  name: string
  description?: string
  tags: Record<string, string>
  /** Alias -> version. Absent where there are no aliases. */
  aliases?: Record<string, string>
}

/** A request to move a version, as the registry reports it: the user is the registry's word, nobody's claim. */
export interface PlaceRequest {
  place: Place
  user: string
  comment: string
  /** ms since 1970 */
  at: number
}
