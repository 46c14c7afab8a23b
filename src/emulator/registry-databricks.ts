/** What only the workspace registry has: https://docs.databricks.com/api/workspace/modelregistry */
import type { registryDatabricks } from '../wire/registry-databricks.ts'
import { signedDownload } from './artifact/credentials.ts'
import { listArtifacts } from './artifact/list.ts'
import { readArtifactPath } from './artifact/paths.ts'
import { neededWord, protobuf, word } from './mlflow/read.ts'
import { demandLevel, levelOf, levelToMove, modelFor, versionFor } from './registry/access.ts'
import { addComment, changeComment, dropComment } from './registry/comments.ts'
import { activityOf, checkCancel, closeRequests, fileRequest, openRequests } from './registry/requests.ts'
import { searchModels } from './registry/search.ts'
import { filled, showModel, showVersion } from './registry/show.ts'
import { archiveFlag, moveTo } from './registry/stages.ts'
import { settle } from './registry/status.ts'
import { stageOf } from './registry/words.ts'
import type { Call, Handlers } from './server/call.ts'
import type { Loose } from './server/read.ts'

const versionOf = (input: Loose<{ name: string; version: string }>, call: Call) => {
  settle(call)
  return versionFor(call, neededWord(input.name, 'name'), input.version, 'CAN_READ')
}

/** The fields of every call about a move. */
const asked = (
  input: Loose<{ name: string; version: string; stage: string; comment: string }>,
  call: Call,
) => ({
  stage: stageOf(input.stage),
  comment: word(input.comment, 'comment') ?? '',
  ...versionOf(input, call),
})

const level = (call: Call, model: Parameters<typeof levelOf>[1]) => {
  const permission_level = levelOf(call, model)
  return permission_level === undefined ? {} : { permission_level }
}

const requestHandlers = {
  createRequest: (input, call) => {
    const { model, version, stage, comment } = asked(input, call)
    return { request: fileRequest(call, model, version, stage, comment) }
  },
  approveRequest: (input, call) => {
    const archive = archiveFlag(call, input.archive_existing_versions)
    const { model, version, stage, comment } = asked(input, call)
    demandLevel(call, model, levelToMove(version.stage, stage))
    closeRequests(call, version, stage)
    moveTo(call, model, version, stage, archive)
    return { activity: activityOf(call, 'APPROVED_REQUEST', version.stage, stage, comment) }
  },
  rejectRequest: (input, call) => {
    const { model, version, stage, comment } = asked(input, call)
    demandLevel(call, model, levelToMove(version.stage, stage))
    closeRequests(call, version, stage)
    return { activity: activityOf(call, 'REJECTED_REQUEST', version.stage, stage, comment) }
  },
  deleteRequest: (input, call) => {
    const creator = neededWord(input.creator, 'creator')
    const { model, version, stage, comment } = asked(input, call)
    checkCancel(call, model, version, stage, creator)
    closeRequests(call, version, stage, creator)
    return { activity: activityOf(call, 'CANCELLED_REQUEST', version.stage, stage, comment) }
  },
  listRequests: (input, call) => {
    const { model, version } = versionOf(input, call)
    return filled('requests', openRequests(call, model, version))
  },
} satisfies Partial<Handlers<typeof registryDatabricks>>

const commentHandlers = {
  createComment: (input, call) => {
    const comment = neededWord(input.comment, 'comment')
    return { comment: addComment(call, versionOf(input, call).version, comment) }
  },
  updateComment: (input, call) => {
    const comment = neededWord(input.comment, 'comment')
    return { comment: changeComment(call, neededWord(input.id, 'id'), comment) }
  },
  deleteComment: (input, call) => {
    dropComment(call, neededWord(input.id, 'id'))
    return {}
  },
} satisfies Partial<Handlers<typeof registryDatabricks>>

export const registryDatabricksHandlers: Handlers<typeof registryDatabricks> = protobuf<
  typeof registryDatabricks
>({
  ...requestHandlers,
  ...commentHandlers,
  getModel: (input, call) => {
    settle(call)
    const model = modelFor(call, neededWord(input.name, 'name'), 'CAN_READ')
    return {
      registered_model_databricks: { ...showModel(call, model), id: model.id, ...level(call, model) },
    }
  },
  listModels: (input, call) => {
    settle(call)
    const { max_results, page_token } = input
    const { rows, token } = searchModels(call, { max_results, page_token })
    return {
      ...filled(
        'registered_models',
        rows.map((model) => showModel(call, model)),
      ),
      ...token,
    }
  },
  transitionStage: (input, call) => {
    const archive = archiveFlag(call, input.archive_existing_versions)
    const { model, version, stage } = asked(input, call)
    const moved = moveTo(call, model, version, stage, archive)
    return {
      model_version_databricks: {
        ...showVersion(call, moved),
        ...level(call, model),
        ...filled('open_requests', openRequests(call, model, moved)),
      },
    }
  },
  listArtifacts: (input, call) => {
    const { version } = versionOf(input, call)
    const { files } = listArtifacts(call, version.location, readArtifactPath(input.path))
    return files === undefined ? {} : { files }
  },
  signedDownloadUri: (input, call) =>
    signedDownload(call, versionOf(input, call).version.location, input.path),
})
