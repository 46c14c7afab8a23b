import type { JsonNumber } from './state-evidence.ts'
import type { ApprovalSource, Place, RegistryKind } from './state-policy.ts'
import type { PlaceRequest, Places, VersionInfo } from './state-registry.ts'

/** One write to a registry, in order. */
export type ModelStep =
  | {
      do: 'model.transition'
      version: string
      stage: 'Staging' | 'Production' | 'Archived' | 'None'
      archive: boolean
    }
  | { do: 'model.alias'; alias: string; version: string }
  | { do: 'model.unalias'; alias: string }
  /** Approve the open request: the registry moves the version. */
  | { do: 'model.approve-request'; version: string; place: Place; archive: boolean }

export interface ModelPlan {
  model: string
  registry: RegistryKind
  action: 'promote' | 'rollback'
  place: Place
  version: string
  /** At the place now, as observed: what is read again under the lock. */
  from: string[]
  steps: ModelStep[]
  /** In sentences: what readers of the model will see, what is archived, what this registry lacks. */
  hits: string[]
  warnings: string[]
}

/** What a registry calls each place: no stages or no aliases where it has none, or the policy uses none. */
export interface RegistryCan {
  kind: RegistryKind
  stages?: Record<Place, 'Staging' | 'Production'>
  aliases?: Record<Place, string>
}

export interface PromotionAsked {
  /** Registered name. */
  model: string
  action: ModelPlan['action']
  place: Place
  version: string
  /** Whether what leaves a stage goes to Archived; otherwise it ends in None. */
  archive: boolean
}

/** What is there: read before planning, and again under the lock. */
export interface ModelScene extends Places {
  /** Those at a place and the one to be promoted, as far as they exist. */
  versions: VersionInfo[]
  /** Open ones, of the version to be promoted. */
  requests: PlaceRequest[]
}

export type PromotionStatus = 'open' | 'done' | 'refused' | 'waiting' | 'rejected' | 'failed' | 'interrupted'

/** What a promotion record says beside lock and owner (see ledger/record.ts). */
export interface Promotion {
  action: 'promote' | 'rollback' | 'reject'
  model: string
  registry: RegistryKind
  place: Place
  version: string
  from: string[]
  evidence?: string
  policy: string
  approvers: { user: string; source: ApprovalSource }[]
  reason?: string
  metrics?: Record<string, JsonNumber>
  commit?: string
  /** The policy's word before the first step: a dead run's promotion is completed only when it was let through. */
  verdict?: 'passed' | 'failed' | 'waiting'
}
