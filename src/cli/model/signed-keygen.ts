import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { Fail } from '../../errors.ts'
import type { World } from '../script.ts'

interface Said {
  code: number | null
  stdout: string
  stderr: string
}

/** What signatures are for: one of another purpose does not count. https://man.openbsd.org/ssh-keygen.1#n */
const namespace = 'brickrail'

const missing = (cause: unknown): Fail =>
  new Fail('SIGNATURE_TOOL_MISSING', { why: cause instanceof Error ? cause.message : 'unknown' }, { cause })

/** @throws Fail SIGNATURE_TOOL_MISSING; the reason of the stop signal */
const keygen = async ({ env, stop }: World, args: readonly string[], input = ''): Promise<Said> =>
  await new Promise((resolve, reject) => {
    const child = spawn('ssh-keygen', [...args], { env, signal: stop })
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (part: Buffer) => (said.stdout += part.toString()))
    child.stderr.on('data', (part: Buffer) => (said.stderr += part.toString()))
    child.on('error', (error) => reject(stop.aborted ? (stop.reason as Error) : missing(error)))
    child.on('close', (code) => resolve({ code, ...said }))
    // It may have ended without reading.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

export interface Signed {
  content: string
  /** Path of the signature. */
  signature: string
  /** Path of the allowed signers. */
  signers: string
  user: string
}

/**
 * Why a signature is not one of that user for this content; undefined when it is. A line of the allowed signers that names its
 * users by a pattern, or several of them, does not count: whoever holds its key could pass for any of them.
 * https://man.openbsd.org/ssh-keygen.1#ALLOWED_SIGNERS
 * @throws Fail SIGNATURE_TOOL_MISSING
 */
export const signatureFault = async (
  world: World,
  { content, signature, signers, user }: Signed,
): Promise<string | undefined> => {
  const common = ['-n', namespace, '-f', signers, '-s', signature]
  const verified = await keygen(world, ['-Y', 'verify', '-I', user, ...common], content)
  if (verified.code !== 0)
    return lines(verified.stderr)[0] ?? `it is not the signature of ${user} for this content`
  const found = await keygen(world, ['-Y', 'find-principals', '-f', signers, '-s', signature])
  const principals = lines(found.stdout).map((principal) => principal.toLowerCase())
  if (!principals.includes(user.toLowerCase()))
    return `the allowed signers name ${user} by a pattern only; give the key a line of its own`
  return principals.every((one) => one === user.toLowerCase())
    ? undefined
    : `the allowed signers name several for the key of ${user}, who could have as many voices; name one`
}

/**
 * A signature of a content, in the form that `signatureFault` checks. A passphrase is asked for on the terminal.
 * @param key path of a private key, or of a public one whose private key the agent has
 * @throws Fail SIGNATURE_TOOL_MISSING, SIGNING_FAILED
 */
export const sign = async (world: World, key: string, content: string): Promise<string> => {
  const { code, stdout, stderr } = await keygen(
    world,
    ['-Y', 'sign', '-f', key, '-n', namespace, '-'],
    content,
  )
  if (code === 0 && stdout.includes('BEGIN SSH SIGNATURE')) return stdout
  const said = lines(stderr).filter((line) => !line.startsWith('Signing data'))
  throw new Fail('SIGNING_FAILED', { key, why: said.join('; ') || 'ssh-keygen did not sign' })
}

/**
 * The public key of a key file: type and base64.
 * @throws Fail SIGNATURE_TOOL_MISSING, SIGNING_FAILED
 */
export const publicKey = async (world: World, key: string): Promise<string> => {
  const [kind, own] = (await readFile(key, 'utf8').catch(() => '')).trim().split(/\s+/)
  if (kind !== undefined && own && /^(ssh|ecdsa|sk)-/.test(kind)) return `${kind} ${own}`
  const { code, stdout, stderr } = await keygen(world, ['-y', '-f', key])
  const [type, body] = stdout.trim().split(/\s+/)
  if (code === 0 && type && body) return `${type} ${body}`
  throw new Fail('SIGNING_FAILED', { key, why: lines(stderr)[0] ?? 'it is no key' })
}
