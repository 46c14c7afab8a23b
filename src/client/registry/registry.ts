import type { Place, RegistryKind } from '../../plan/state-policy.ts'
import type { ModelInfo, PlaceRequest, Places, VersionInfo } from '../../plan/state-registry.ts'

/** What to make a version of. */
export interface Registration {
  source: string
  runId?: string
  modelId?: string
  description?: string
  tags?: Readonly<Record<string, string>>
}

/**
 * A model registry, whichever it is. What a registry lacks is an absent member, never a pretence. Reads are whole (all pages);
 * each write is one call. Errors are those of http/call.ts; «there is none» is `undefined`.
 */
export interface Registry {
  readonly kind: RegistryKind
  /** What people call it in messages: «the model registry of https://…», «MLflow at http://…». */
  readonly title: string
  /** Names of a place here: «stage Production», «alias champion», «stage Production and alias champion». */
  readonly label: (place: Place) => string
  model(name: string): Promise<ModelInfo | undefined>
  version(name: string, version: string): Promise<VersionInfo | undefined>
  /**
   * Newest first, with stages and aliases filled in, whatever the registry's search leaves out.
   * @param tagged whose tags are needed, where each takes a call of its own (Unity Catalog); else those of the newest hundred
   */
  versions(name: string, tagged?: (version: VersionInfo, index: number) => boolean): Promise<VersionInfo[]>
  /** Versions at each place. An alias whose version was deleted is told as dangling, and its version is no holder. */
  places(name: string): Promise<Places>
  createModel(name: string, description?: string): Promise<void>
  /** The new version; where it is PENDING_REGISTRATION, so it is answered. */
  createVersion(name: string, registration: Registration): Promise<VersionInfo>
  setVersionTag(name: string, version: string, key: string, value: string): Promise<void>
  /** Absent where models have no tags that can be set. */
  setModelTag?(name: string, key: string, value: string): Promise<void>
  /** Where the files of the version are: an artifact URI. */
  downloadUri(name: string, version: string): Promise<string>
  /** Registries with stages. Returns what the registry answers: who believes it reads back. */
  transition?(
    name: string,
    version: string,
    stage: string,
    archive: boolean,
    comment?: string,
  ): Promise<VersionInfo>
  /** Registries with aliases. */
  setAlias?(name: string, alias: string, version: string): Promise<void>
  deleteAlias?(name: string, alias: string): Promise<void>
  /** Registries with transition requests. */
  readonly requests?: {
    list(name: string, version: string): Promise<PlaceRequest[]>
    create(name: string, version: string, place: Place, comment: string): Promise<void>
    approve(name: string, version: string, place: Place, archive: boolean, comment: string): Promise<void>
    reject(name: string, version: string, place: Place, comment: string): Promise<void>
    /** Take back what `user`, the caller, has requested: one person has one request a stage. */
    cancel(name: string, version: string, place: Place, user: string): Promise<void>
    comment(name: string, version: string, text: string): Promise<void>
  }
}

/** Stage and alias of each place: https://docs.databricks.com/machine-learning/manage-model-lifecycle/upgrade-workflows */
export const placeNames = {
  staging: { stage: 'Staging', alias: 'challenger' },
  production: { stage: 'Production', alias: 'champion' },
} as const satisfies Record<Place, { stage: string; alias: string }>
