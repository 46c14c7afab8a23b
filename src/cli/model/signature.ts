import { createHash } from 'node:crypto'
import { parseDocument } from 'yaml'
import { filesOfVersion, type ModelFiles } from '../../client/model-files.ts'
import { Fail } from '../../errors.ts'
import type { SignatureInfo } from '../../plan/state-evidence.ts'
import type { ModelSession } from './open.ts'

/** What the files of a version say of it. */
export interface ModelFacts {
  signature?: SignatureInfo
  inputExample: boolean
  /** sha256 of requirements.txt, hex; absent: there is none. */
  requirements?: string
}

/** Characters; MLmodel files are some kilobytes. */
const longest = 1024 * 1024

type Members = Readonly<Record<string, unknown>>

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const part = <Key extends string>(key: Key, of: Members): Partial<Record<Key, string>> => {
  const value = of[key]
  if (value === null || value === undefined) return {}
  return { [key]: typeof value === 'string' ? value : JSON.stringify(value) } as Record<Key, string>
}

/** A file without any part of a signature has none. */
const signatureOf = (value: unknown): Pick<ModelFacts, 'signature'> => {
  if (!isMembers(value)) return {}
  const signature = { ...part('inputs', value), ...part('outputs', value), ...part('params', value) }
  return Object.keys(signature).length === 0 ? {} : { signature }
}

/** What is no YAML, or unfolds without end, says nothing. */
const parsed = (text: string): unknown => {
  if (text.length > longest) return undefined
  try {
    const document = parseDocument(text)
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 10 })
  } catch {
    return undefined
  }
}

/** The parts of an MLmodel file that gates ask for: https://mlflow.org/docs/latest/ml/model/#mlmodel-file-and-storage-format */
export const readMlmodel = (text: string): Pick<ModelFacts, 'signature'> & { example?: string } => {
  const value = parsed(text)
  if (!isMembers(value)) return {}
  const example = value['saved_input_example_info']
  const path = isMembers(example) ? example['artifact_path'] : undefined
  return { ...signatureOf(value['signature']), ...(typeof path === 'string' ? { example: path } : {}) }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

const hasFile = async (files: ModelFiles, path: string | undefined): Promise<boolean> =>
  path !== undefined && (await files.read(path)) !== undefined

const factsIn = async (files: ModelFiles): Promise<ModelFacts> => {
  const [mlmodel, requirements] = await Promise.all([files.read('MLmodel'), files.read('requirements.txt')])
  const { signature, example } = mlmodel ? readMlmodel(textOf(mlmodel)) : {}
  return {
    ...(signature === undefined ? {} : { signature }),
    inputExample: await hasFile(files, example),
    ...(requirements === undefined
      ? {}
      : { requirements: createHash('sha256').update(requirements).digest('hex') }),
  }
}

/**
 * The files of a version of the model.
 * @throws Fail MODEL_FILES_UNREADABLE
 */
export const filesOf = async (
  { session, mlflow, registry, policy }: ModelSession,
  version: string,
): Promise<ModelFiles> => {
  const plain = registry.kind === 'mlflow'
  const access = { mlflow, fetch: session.fetch, ...(plain ? {} : { databricks: session.client }) }
  return await filesOfVersion(access, registry, policy.name, version)
}

/** What the files say; nothing, with a warning, where they cannot be read: the checks that need them fail then. */
export const readFacts = async (model: ModelSession, version: string): Promise<ModelFacts> => {
  try {
    return await factsIn(await filesOf(model, version))
  } catch (error) {
    if (!(error instanceof Fail) || error.code !== 'MODEL_FILES_UNREADABLE') throw error
    const { message: text, hint } = error
    model.session.run.emit({ type: 'notice', level: 'warning', text, hint })
    return { inputExample: false }
  }
}
