import { readAzure } from './azure/env.ts'
import type { Env, HostContext, ReadHost } from './context.ts'
import { readGithub } from './github/env.ts'
import { readGitlab } from './gitlab/env.ts'
import { readLocal } from './local/env.ts'

export type { Env, HostContext } from './context.ts'

const hosts: readonly ReadHost[] = [readGitlab, readAzure, readGithub]

/**
 * Which CI host this process runs on: the first whose variables are set, a developer's machine last.
 * @param env environment variables of the process
 * @param local what only the machine can tell (`actor` as user@hostname, git's `commit` and `branch`); used on no CI host
 */
export const detectHost = (env: Env, local: Omit<HostContext, 'host'> = {}): HostContext => {
  for (const read of hosts) {
    const found = read(env)
    if (found) return found
  }
  return { ...readLocal(env), ...local }
}
