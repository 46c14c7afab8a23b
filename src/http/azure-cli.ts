import { Fail } from '../errors.ts'
import type { Clock } from './clock.ts'
import { renewing, type TokenSource } from './tokens.ts'

/** Runs a program to its end. Rejects with its `stderr` when it fails. */
export type RunProgram = (file: string, args: readonly string[]) => Promise<{ stdout: string }>

/** Application id of Azure Databricks, the same in every tenant: https://learn.microsoft.com/azure/databricks/dev-tools/auth/azure-cli */
const databricksResource = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

type Ended = NodeJS.ErrnoException & { stderr?: string; killed?: boolean }

const whyOf = ({ code, stderr, message, killed }: Ended): string => {
  if (code === 'ENOENT') return 'the program `az` is not installed'
  return killed === true ? 'it did not answer in time' : (stderr || message).trim().slice(0, 500)
}

const failed = (error: unknown): Fail => {
  if (error instanceof Fail) return error
  const why = whyOf(error as Ended)
  return new Fail(
    'CREDENTIALS_MISSING',
    { host: 'Azure Databricks', tried: `the Azure CLI gave no token: ${why}` },
    { cause: error },
  )
}

interface Answer {
  accessToken?: string
  expires_on?: number
  expiresOn?: string
}

/** What it printed is not shown: it may hold the token. */
const read = (stdout: string): Answer => {
  try {
    return JSON.parse(stdout) as Answer
  } catch {
    return {}
  }
}

/** `expires_on` is seconds since 1970, in az 2.54 and later; `expiresOn` is local time without a zone. */
const endOf = (answer: Answer, now: number): number => {
  if (typeof answer.expires_on === 'number') return answer.expires_on * 1000
  const local = answer.expiresOn === undefined ? Number.NaN : Date.parse(answer.expiresOn.replace(' ', 'T'))
  return Number.isNaN(local) ? now + 10 * 60_000 : local
}

/** Tokens of whoever `az` is signed in as: a person, or the service connection of an AzureCLI@2 task. */
export const azureCli = (
  run: RunProgram,
  clock: Pick<Clock, 'now'>,
  onSecret: (secret: string) => void,
): TokenSource => {
  const args = ['account', 'get-access-token', '--resource', databricksResource, '--output', 'json']
  const ask = async () => {
    const { stdout } = await run('az', args).catch((error: unknown) => {
      throw failed(error)
    })
    const answer = read(stdout)
    if (!answer.accessToken) throw failed(new Error('its answer has no accessToken'))
    onSecret(answer.accessToken)
    return { token: answer.accessToken, end: endOf(answer, clock.now()) }
  }
  return renewing('azure-cli', () => clock.now(), ask)
}
