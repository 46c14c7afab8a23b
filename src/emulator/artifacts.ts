/** Artifacts of runs and logged models: https://mlflow.org/docs/latest/api_reference/rest-api.html#list-artifacts */
import type { artifactCredentials, artifacts, loggedModelArtifacts } from '../wire/artifacts.ts'
import { credentialsFor } from './artifact/credentials.ts'
import { listArtifacts } from './artifact/list.ts'
import { modelUri, runUri } from './artifact/owners.ts'
import { readArtifactPath } from './artifact/paths.ts'
import { protobuf } from './mlflow/read.ts'
import type { Call, Handlers } from './server/call.ts'
import type { Loose } from './server/read.ts'

export const artifactsHandlers: Handlers<typeof artifacts> = protobuf<typeof artifacts>({
  list: (input, call) => listArtifacts(call, runUri(call, input), readArtifactPath(input.path)),
})

type OfRunPaths = Loose<{ run_id: string; path: string[] }>

const ofRun = (call: Call, way: 'GET' | 'PUT', input: OfRunPaths) => ({
  credential_infos: credentialsFor(call, way, runUri(call, input), input.path, 'path').map((info) => ({
    ...info,
    run_id: String(input.run_id),
  })),
})

export const artifactCredentialsHandlers: Handlers<typeof artifactCredentials> = protobuf<
  typeof artifactCredentials
>({
  forRead: (input, call) => ofRun(call, 'GET', input),
  forWrite: (input, call) => ofRun(call, 'PUT', input),
})

type OfModelPaths = Loose<{ model_id: string; paths: string[] }>

const ofModel = (call: Call, way: 'GET' | 'PUT', input: OfModelPaths) => ({
  credentials: credentialsFor(call, way, modelUri(call, input), input.paths, 'paths').map(
    (credential_info) => ({
      model_id: String(input.model_id),
      credential_info,
    }),
  ),
})

export const loggedModelArtifactsHandlers: Handlers<typeof loggedModelArtifacts> = protobuf<
  typeof loggedModelArtifacts
>({
  list: (input, call) =>
    listArtifacts(call, modelUri(call, input), readArtifactPath(input.artifact_directory_path)),
  forUpload: (input, call) => ofModel(call, 'PUT', input),
  forDownload: (input, call) => ofModel(call, 'GET', input),
})
