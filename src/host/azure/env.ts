// https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables
import {
  context,
  mergeRequest,
  setValue,
  type Env,
  type HostEvent,
  type MergeRequest,
  type ReadHost,
} from '../context.ts'

/** BUILD_REASON -> event; `BuildCompletion` and `ResourceTrigger` say nothing of why. */
const events: Readonly<Record<string, HostEvent>> = {
  Manual: 'manual',
  IndividualCI: 'push',
  BatchedCI: 'push',
  Schedule: 'schedule',
  PullRequest: 'merge_request',
}

/** Azure Repos give `refs/heads/x`, GitHub repositories the bare name; a pull request builds `refs/pull/1/merge`. */
const shortBranch = (ref: string | undefined): string | undefined => {
  if (ref === undefined || ref.startsWith('refs/tags/') || ref.startsWith('refs/pull/')) return undefined
  return ref.replace(/^refs\/heads\//, '')
}

/** SYSTEM_COLLECTIONURI ends with a slash; a project's name may hold spaces. */
const resultsUrl = (env: Env): string | undefined => {
  const collection =
    setValue(env['SYSTEM_COLLECTIONURI']) ?? setValue(env['SYSTEM_TEAMFOUNDATIONCOLLECTIONURI'])
  const project = setValue(env['SYSTEM_TEAMPROJECT'])
  const build = setValue(env['BUILD_BUILDID'])
  if (collection === undefined || project === undefined || build === undefined) return undefined
  return `${collection.replace(/\/+$/, '')}/${encodeURIComponent(project)}/_build/results?buildId=${build}`
}

/** Of a pull request on GitHub the id is one of the whole of GitHub, and PULLREQUESTNUMBER its number. */
const request = (env: Env): MergeRequest | undefined => {
  const fork = setValue(env['SYSTEM_PULLREQUEST_ISFORK'])?.toLowerCase()
  return mergeRequest(
    setValue(env['SYSTEM_PULLREQUEST_PULLREQUESTNUMBER']) ??
      setValue(env['SYSTEM_PULLREQUEST_PULLREQUESTID']),
    setValue(env['SYSTEM_PULLREQUEST_TARGETBRANCH']),
    fork === undefined ? undefined : fork === 'true',
  )
}

/** Azure Pipelines set `TF_BUILD=True`. They do not tell the default branch. */
export const readAzure = ((env) => {
  if (env['TF_BUILD']?.toLowerCase() !== 'true') return undefined
  const pipelineUrl = resultsUrl(env)
  const job = setValue(env['SYSTEM_JOBID'])
  const ref = setValue(env['BUILD_SOURCEBRANCH'])
  const source = events[env['BUILD_REASON'] ?? '']
  return context('azure', {
    pipelineUrl,
    jobUrl: pipelineUrl && job && `${pipelineUrl}&view=logs&j=${job}`,
    actor: setValue(env['BUILD_REQUESTEDFOREMAIL']) ?? setValue(env['BUILD_REQUESTEDFOR']),
    commit: setValue(env['BUILD_SOURCEVERSION']),
    branch: shortBranch(setValue(env['SYSTEM_PULLREQUEST_SOURCEBRANCH']) ?? ref),
    event: source === 'push' && ref?.startsWith('refs/tags/') ? 'tag' : source,
    runId: setValue(env['BUILD_BUILDID']),
    root: setValue(env['BUILD_SOURCESDIRECTORY']),
    mergeRequest: request(env),
  })
}) satisfies ReadHost
