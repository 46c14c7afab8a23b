import type { Place } from '../../plan/state-policy.ts'
import type { PlaceRequest } from '../../plan/state-registry.ts'
import type { TransitionRequest } from '../../wire/registry-databricks.ts'
import type { MlflowDatabricksClient } from '../mlflow.ts'
import { searched } from './mlflow.ts'
import { placeNames, type Registry } from './registry.ts'
import { placesOf, versionInfo } from './shapes.ts'
import { sharedRegistry } from './shared.ts'

const places = ['staging', 'production'] as const

const placeOf = (stage: string): Place | undefined =>
  places.find((place) => placeNames[place].stage === stage)

/** Requests to archive a version, or to take it out of all stages, are nothing to us. */
const requestOf = ({
  to_stage: stage,
  user_id: user,
  comment,
  creation_timestamp: at,
}: TransitionRequest): PlaceRequest[] => {
  const place = placeOf(stage)
  return place === undefined ? [] : [{ place, user: user ?? '', comment: comment ?? '', at: Number(at ?? 0) }]
}

const requestsOf = ({ databricks }: MlflowDatabricksClient): NonNullable<Registry['requests']> => ({
  list: async (name, version) =>
    ((await databricks.listRequests({ name, version })).requests ?? []).flatMap(requestOf),
  create: async (name, version, place, comment) => {
    await databricks.createRequest({ name, version, stage: placeNames[place].stage, comment })
  },
  approve: async (name, version, place, archive, comment) => {
    const { stage } = placeNames[place]
    await databricks.approveRequest({ name, version, stage, archive_existing_versions: archive, comment })
  },
  reject: async (name, version, place, comment) => {
    await databricks.rejectRequest({ name, version, stage: placeNames[place].stage, comment })
  },
  cancel: async (name, version, place, creator) => {
    await databricks.deleteRequest({ name, version, stage: placeNames[place].stage, creator })
  },
  comment: async (name, version, comment) => {
    await databricks.createComment({ name, version, comment })
  },
})

/** The model registry of a Databricks workspace: stages and transition requests, no aliases. */
export const workspaceRegistry = (client: MlflowDatabricksClient, host: string): Registry => {
  return {
    ...sharedRegistry(client.registry, { stages: true, aliases: false }),
    kind: 'workspace',
    title: `the model registry of ${host}`,
    label: (place) => `stage ${placeNames[place].stage}`,
    versions: (name) => searched(client, name),
    places: async (name) => placesOf(await searched(client, name), { stages: true }),
    transition: async (name, version, stage, archive, comment) => {
      const input = { name, version, stage, archive_existing_versions: archive }
      const answer = await client.databricks.transitionStage({ ...input, ...(comment ? { comment } : {}) })
      return versionInfo(answer.model_version_databricks, true)
    },
    requests: requestsOf(client),
  }
}
