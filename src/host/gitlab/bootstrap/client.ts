import type { Gitlab as Gitbeaker } from '@gitbeaker/rest'
import { Fail } from '../../../errors.ts'
import type { BootstrapOptions } from '../../bootstrap.ts'
import { ask } from '../../bootstrap-ask.ts'
import { setValue } from '../../context.ts'
import { statusOf, type Dialect } from '../../failures.ts'
import type { HostTools } from '../../host.ts'
import { asFetch, createSend } from '../../send.ts'
import { requesterOver } from '../requester.ts'

type Api = InstanceType<typeof Gitbeaker>
type Settings = NonNullable<ConstructorParameters<typeof Gitbeaker>[0]>

/** Of GET /projects/:id, what is looked at: https://docs.gitlab.com/api/projects/#get-a-single-project */
export interface ProjectInfo {
  id: number
  path_with_namespace: string
  web_url: string
  archived: boolean
  default_branch: string | null
  empty_repo?: boolean
  marked_for_deletion_on?: string | null
  builds_access_level?: string
  ci_config_path?: string | null
  ci_forward_deployment_enabled?: boolean | null
  only_allow_merge_if_pipeline_succeeds?: boolean
  /** GitLab 18.4 and newer. */
  resource_group_default_process_mode?: string | null
}

/** A project that can be asked about. */
export interface Gitlab {
  api: Api
  project: ProjectInfo
}

const rights = 'a token with the scope `api` of somebody with the role Maintainer or Owner of the project'

/** https://docs.gitlab.com/user/permissions/#project-permissions */
const dialect = (url: string): Dialect => ({
  host: 'GitLab',
  url,
  token: `set GITLAB_TOKEN to ${rights}`,
  rights: [[/./, 'the scope `api`, or its owner the role Maintainer']],
  known: [
    [/expired/i, `GITLAB_TOKEN has expired: make a new one, ${rights}`],
    [/revoked/i, `GITLAB_TOKEN was revoked: make a new one, ${rights}`],
    [/insufficient_scope|higher privileges/i, `GITLAB_TOKEN lacks the scope \`api\`: it has to be ${rights}`],
  ],
})

const tokenOf = ({ env, onSecret }: HostTools): string => {
  const token = setValue(env['GITLAB_TOKEN']) ?? setValue(env['BRICKRAIL_GITLAB_TOKEN'])
  if (token === undefined) {
    const tried = 'neither GITLAB_TOKEN nor BRICKRAIL_GITLAB_TOKEN is set'
    throw new Fail('CREDENTIALS_MISSING', { host: 'GitLab', tried, hint: `set GITLAB_TOKEN to ${rights}` })
  }
  onSecret(token)
  return token
}

const usable = (project: ProjectInfo): void => {
  const { path_with_namespace: path, archived, marked_for_deletion_on: deletion } = project
  const state = archived ? 'archived' : deletion ? `marked for deletion on ${deletion}` : undefined
  if (state === undefined) return
  const hint = 'an owner can bring it back: Settings > General > Advanced'
  throw new Fail('USAGE', { what: `${path} is ${state}: nothing can be set up in it`, hint })
}

/** GitLab answers 404 for what the token may not see: then the address or the token is wrong, and nothing can follow. */
const findProject = async (api: Api, repository: string): Promise<ProjectInfo> => {
  try {
    return (await ask(`to read ${repository}`, () => api.Projects.show(repository))) as unknown as ProjectInfo
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    throw new Fail('USAGE', {
      what: `there is no project ${repository} on GitLab that this token can see`,
      hint: 'check --repository (group/project) and --url, and that the token is of a member of the project',
    })
  }
}

/** @throws Fail CREDENTIALS_MISSING, CI_DENIED, CI_REFUSED, CI_UNREACHABLE, USAGE (no such project, archived) */
export const connect = async (options: BootstrapOptions, tools: HostTools): Promise<Gitlab> => {
  const url = (options.url ?? 'https://gitlab.com').replace(/\/+$/, '')
  const token = tokenOf(tools)
  const { Gitlab } = await import('@gitbeaker/rest')
  const requesterFn = requesterOver(asFetch(createSend(dialect(url), tools))) as unknown as NonNullable<
    Settings['requesterFn']
  >
  const api = new Gitlab({ host: url, token, requesterFn })
  const project = await findProject(api, options.repository)
  usable(project)
  return { api, project }
}

/** Where in GitLab's pages something is set. */
export const settings = ({ project }: Gitlab, page: string): string => `${project.web_url}/-/settings/${page}`
