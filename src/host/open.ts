import { log as azureLog } from './azure/log.ts'
import { publishing as azurePublishing } from './azure/publish.ts'
import { detectHost, type Env, type HostContext } from './detect.ts'
import { log as githubLog } from './github/log.ts'
import { publishing as githubPublishing } from './github/publish.ts'
import { log as gitlabLog } from './gitlab/log.ts'
import { publishing as gitlabPublishing } from './gitlab/publish.ts'
import type { Host, HostApi, HostTools, Pipelines } from './host.ts'
import { log as localLog } from './local/log.ts'
import { publishing as localPublishing } from './local/publish.ts'

type Parts = Omit<Host, 'context' | 'api'> & {
  api: (context: HostContext, tools: HostTools) => Promise<HostApi | { none: string; hint?: string }>
}

/** Its own filters by path start the jobs, and no job asks. */
const cannotTell =
  (name: string): Pipelines['lastGreen'] =>
  async () => ({ none: `${name} is not asked for its green runs` })

/** The SDKs of the hosts are slow to load, and most commands do without. */
const hosts: Readonly<Record<HostContext['host'], Parts>> = {
  gitlab: {
    log: gitlabLog,
    publishing: gitlabPublishing,
    api: async (context, tools) => await (await import('./gitlab/api.ts')).apiOf(context, tools),
    idToken: async (tools, audience) => await (await import('./gitlab/token.ts')).idToken(tools, audience),
    pipeline: {
      lastGreen: cannotTell('GitLab'),
      approvals: async (...of) => await (await import('./gitlab/approvals.ts')).approvals(...of),
    },
  },
  azure: {
    log: azureLog,
    publishing: azurePublishing,
    api: async (context, tools) => await (await import('./azure/api.ts')).apiOf(context, tools),
    idToken: async (tools, audience) => await (await import('./azure/token.ts')).idToken(tools, audience),
    pipeline: {
      lastGreen: cannotTell('Azure DevOps'),
      approvals: async (...of) => await (await import('./azure/approvals.ts')).approvals(...of),
    },
  },
  github: {
    log: githubLog,
    publishing: githubPublishing,
    api: async (context, tools) => await (await import('./github/api.ts')).apiOf(context, tools),
    idToken: async (tools, audience) => await (await import('./github/token.ts')).idToken(tools, audience),
    pipeline: {
      lastGreen: async (tools) => await (await import('./github/green.ts')).lastGreen(tools),
      approvals: async (...of) => await (await import('./github/approvals.ts')).approvals(...of),
    },
  },
  local: {
    log: localLog,
    publishing: localPublishing,
    api: async (context, tools) => await (await import('./local/api.ts')).apiOf(context, tools),
    idToken: async (tools, audience) => await (await import('./local/token.ts')).idToken(tools, audience),
    pipeline: {
      lastGreen: async () => ({ none: 'this is no CI job' }),
      approvals: async () => ({ none: 'this is no CI job' }),
    },
  },
}

/**
 * The CI host that this process runs on, with all that it can do.
 * @param env environment variables of the process
 * @param local what only the machine can tell; used on no CI host
 */
export const openHost = (env: Env, local: Omit<HostContext, 'host'> = {}): Host => {
  const context = detectHost(env, local)
  const { api, ...parts } = hosts[context.host]
  return { ...parts, context, api: async (tools) => await api(context, tools) }
}
