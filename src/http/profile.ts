import { parse } from 'ini'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Fail } from '../errors.ts'

export interface Profile {
  host?: string
  token?: string
  clientId?: string
  clientSecret?: string
}

const text = (section: Record<string, unknown>, key: string): string | undefined => {
  const value = section[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** To `ini` a dot in the name of a section is a section in a section; a profile's name may have dots. */
const flat = (content: string): string =>
  content.replaceAll(/^\s*\[[^\]\n]*\]/gm, (header) => header.replaceAll('.', String.raw`\.`))

/**
 * One profile of `~/.databrickscfg` (or DATABRICKS_CONFIG_FILE); undefined when file or profile is absent and was not asked for.
 * https://docs.databricks.com/dev-tools/auth/config-profiles
 * @throws Fail USAGE when a named profile is not there
 */
export const readProfile = async (
  readFile: (path: string) => Promise<string>,
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  asked: boolean,
): Promise<Profile | undefined> => {
  const file = env['DATABRICKS_CONFIG_FILE'] ?? join(env['HOME'] ?? homedir(), '.databrickscfg')
  const content = await readFile(file).catch(() => undefined)
  const section: unknown = content === undefined ? undefined : parse(flat(content))[name]
  if (typeof section !== 'object' || section === null) {
    if (!asked) return undefined
    throw new Fail('USAGE', {
      what: `profile ${name} is not in ${file}`,
      hint: 'add it with `databricks configure`, or name another profile',
    })
  }
  const values = section as Record<string, unknown>
  const [host, token] = [text(values, 'host'), text(values, 'token')]
  const [clientId, clientSecret] = [text(values, 'client_id'), text(values, 'client_secret')]
  return {
    ...(host === undefined ? {} : { host }),
    ...(token === undefined ? {} : { token }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
  }
}
