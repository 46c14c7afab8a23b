import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiOf as azureApi } from '../../../src/host/azure/api.ts'
import { detectHost } from '../../../src/host/detect.ts'
import { apiOf as githubApi } from '../../../src/host/github/api.ts'
import { apiOf as gitlabApi } from '../../../src/host/gitlab/api.ts'
import type { HostApi, HostTools } from '../../../src/host/host.ts'
import type { Event } from '../../../src/report/events.ts'
import { azureStranger, azureToken, startAzure } from './azure.ts'
import { githubToken, startGithub, stranger } from './github.ts'
import { gitlabStranger, gitlabToken, startGitlab } from './gitlab.ts'
import { closeClean, type Fake } from './server.ts'

/** A job of a merge request on one host, and that host. */
export interface Stage {
  fake: Fake
  /** Fails the test when a request was not as the specification wants. */
  close: () => Promise<void>
  env: Record<string, string>
  /** The texts of all comments, oldest first. */
  comments: () => string[]
  plant: (body: string) => void
  /** A comment of somebody else. */
  plantStrange: (body: string) => void
  /** Somebody removes all comments. */
  wipe: () => void
  statuses: Record<string, unknown>[]
  api: (tools: HostTools) => Promise<HostApi | { none: string; hint?: string }>
  /** Where comments are listed and made. */
  place: RegExp
}

/** Head of the merge request; GITHUB_SHA is another commit. */
export const head = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00'

const gitlab = async (under = '', size?: number): Promise<Stage> => {
  const fake = await startGitlab(under, size)
  const env = {
    GITLAB_CI: 'true',
    CI_PIPELINE_SOURCE: 'merge_request_event',
    CI_PROJECT_ID: '12',
    CI_MERGE_REQUEST_IID: '3',
    CI_COMMIT_SHA: head,
    CI_PIPELINE_ID: '900',
    CI_JOB_URL: 'https://gitlab.example.com/acme/shop/-/jobs/5',
    CI_API_V4_URL: `${fake.url}/api/v4`,
    BRICKRAIL_GITLAB_TOKEN: gitlabToken,
  }
  return {
    fake,
    close: async () => await closeClean(fake),
    env,
    comments: () => fake.notes.map(({ body }) => body),
    plant: (body) => void fake.plant(body),
    plantStrange: (body) => void fake.plant(body, gitlabStranger),
    wipe: () => void fake.notes.splice(0),
    statuses: fake.statuses,
    api: async (tools) => await gitlabApi(detectHost(tools.env), tools),
    place: /\/notes$/,
  }
}

const azure = async (under = ''): Promise<Stage> => {
  const fake = await startAzure(under)
  const env = {
    TF_BUILD: 'True',
    BUILD_REASON: 'PullRequest',
    BUILD_REPOSITORY_PROVIDER: 'TfsGit',
    SYSTEM_COLLECTIONURI: `${fake.url}/acme/`,
    SYSTEM_TEAMPROJECT: 'web shop',
    BUILD_REPOSITORY_ID: 'repo-1',
    SYSTEM_PULLREQUEST_PULLREQUESTID: '7',
    BUILD_SOURCEVERSION: head,
    BUILD_BUILDID: '44',
    SYSTEM_ACCESSTOKEN: azureToken,
  }
  return {
    fake,
    close: async () => await closeClean(fake),
    env,
    comments: () => fake.threads.flatMap(({ comments }) => comments.map(({ content }) => content ?? '')),
    plant: (body) => void fake.plant(body),
    plantStrange: (body) => void fake.plant(body, azureStranger),
    wipe: () => {
      for (const thread of fake.threads) for (const comment of thread.comments) comment.isDeleted = true
    },
    statuses: fake.statuses,
    api: async (tools) => await azureApi(detectHost(tools.env), tools),
    place: /\/threads$/,
  }
}

const github = async (size?: number): Promise<Stage> => {
  const fake = await startGithub(size)
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-event-'))
  const event = join(folder, 'event.json')
  writeFileSync(event, JSON.stringify({ pull_request: { number: 12, head: { sha: head } } }))
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: event,
    GITHUB_REF: 'refs/pull/12/merge',
    GITHUB_SHA: '1111111111111111111111111111111111111111',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ID: '55',
    GITHUB_API_URL: fake.url,
    GITHUB_TOKEN: githubToken,
  }
  const close = async (): Promise<void> => {
    rmSync(folder, { recursive: true, force: true })
    await closeClean(fake)
  }
  return {
    fake,
    close,
    env,
    comments: () => fake.comments.map(({ body }) => body),
    plant: (body) => void fake.plant(body),
    plantStrange: (body) => void fake.plant(body, stranger),
    wipe: () => void fake.comments.splice(0),
    statuses: fake.statuses,
    api: async (tools) => await githubApi(detectHost(tools.env), tools),
    place: /\/issues\/12\/comments$/,
  }
}

export const stages = { gitlab, azure, github }

export interface Told {
  events: Event[]
  secrets: string[]
  /** Every pause. ms */
  slept: number[]
}

/** What a host gets of the process; pauses take no time, and all that is told is kept. */
export const toolsFor = (env: Readonly<Record<string, string | undefined>>): HostTools & Told => {
  const told: Told = { events: [], secrets: [], slept: [] }
  return {
    ...told,
    env,
    fetch: globalThis.fetch,
    sleep: async (ms) => void told.slept.push(ms),
    emit: (event) => void told.events.push(event),
    onSecret: (secret) => void told.secrets.push(secret),
  }
}

/** The API of a stage; fails when there is none. */
export const openApi = async (stage: Stage, tools: HostTools = toolsFor(stage.env)): Promise<HostApi> => {
  const api = await stage.api(tools)
  if ('none' in api) throw new Error(`no API: ${api.none}`)
  return api
}
