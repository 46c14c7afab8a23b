import type { Env } from '../env.ts'
import type { RunProgram } from './azure-cli.ts'
import type { OAuthOptions } from './oauth.ts'

/** What credentials can come from. */
export interface AuthOptions {
  host: string
  env: Env
  /** From the target; DATABRICKS_CONFIG_PROFILE is the other way to name one. */
  profile?: string | undefined
  readFile: (path: string) => Promise<string>
  run: RunProgram
  /** Where a CI host can vouch for the job: Databricks' name of that way, and how to ask for the token. */
  idToken?: { method: string; get: (audience: string | undefined) => Promise<string | undefined> }
  oauth: Omit<OAuthOptions, 'host'>
  /** Told of every secret as soon as it is known, so that no output can hold it. */
  onSecret: (secret: string) => void
}
