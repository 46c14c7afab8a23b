import type { ImportInput, Language, workspace } from '../../wire/workspace.ts'
import type { InputOf } from '../../wire/endpoint.ts'
import type { Call } from '../server/call.ts'
import { flag, text, type Loose } from '../server/read.ts'
import { absent, badValue, malformed, notImplemented, Refused } from '../server/refused.ts'
import { demandPath } from './access.ts'
import { detect, dialects, languageNamed, languageOfIpynb, parseIpynb, stripExtension } from './notebook.ts'
import { find, put, type Node } from './objects.ts'
import { nameOf, parentOf, readPath } from './paths.ts'

type Input = Loose<InputOf<typeof workspace.import>>
type Target = Pick<Node, 'path' | 'type' | 'language' | 'format'>

/** 10 MB: https://docs.databricks.com/api/workspace/workspace/import */
const maxBytes = 10_485_760

const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/

/** JSON carries base64; a multipart part carries the bytes themselves. */
const readContent = (value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value
  const encoded = text(value, 'content')
  if (encoded === undefined) throw badValue("Missing required field 'content'")
  if (!base64.test(encoded)) throw malformed("Could not parse request object: 'content' is not base64")
  return Buffer.from(encoded, 'base64')
}

const checkSize = (bytes: Uint8Array): void => {
  if (bytes.length <= maxBytes) return
  throw new Refused(
    400,
    'MAX_NOTEBOOK_SIZE_EXCEEDED',
    `File size imported is (${bytes.length} bytes), exceeded max size (${maxBytes} bytes)`,
  )
}

const readLanguage = (value: unknown): Language | undefined => {
  const language = text(value, 'language')
  if (language === undefined || language === '') return undefined
  const known = languageNamed(language)
  if (known !== undefined) return known
  throw badValue(`Invalid language ${language}. Valid values: ${Object.keys(dialects).join(', ')}`)
}

const automatic = (path: string, bytes: Uint8Array): Target => {
  const found = detect(nameOf(path), bytes)
  return found === undefined
    ? { path, type: 'FILE', language: null, format: null }
    : { path: stripExtension(path), type: 'NOTEBOOK', ...found }
}

const jupyter = (path: string, bytes: Uint8Array): Target => {
  if (parseIpynb(bytes) === undefined) throw badValue(`The content of (${path}) is not a Jupyter notebook`)
  return { path, type: 'NOTEBOOK', language: languageOfIpynb(bytes) ?? 'PYTHON', format: 'JUPYTER' }
}

const formats: readonly NonNullable<ImportInput['format']>[] = [
  'SOURCE',
  'HTML',
  'JUPYTER',
  'DBC',
  'R_MARKDOWN',
  'AUTO',
  'RAW',
]

/** What the bytes become, and where: the rules of each format. */
const targetOf = (path: string, bytes: Uint8Array, input: Input): Target => {
  const format = text(input.format, 'format') || 'SOURCE'
  if (format === 'AUTO') return automatic(path, bytes)
  if (format === 'RAW') return { path, type: 'FILE', language: null, format: null }
  if (format === 'JUPYTER') return jupyter(path, bytes)
  if (format === 'SOURCE') {
    const language = readLanguage(input.language)
    // SOURCE without a language means a folder in an archive, so a single file is none.
    if (language === undefined) throw badValue("Missing required field 'language' for format SOURCE")
    return { path, type: 'NOTEBOOK', language, format: 'SOURCE' }
  }
  if (formats.some((known) => known === format)) throw notImplemented(`cannot import ${format}`)
  throw badValue(`Invalid format ${format}. Valid values: ${formats.join(', ')}`)
}

/** How an existing object is refused differs between the two import APIs. */
type Exists = (path: string) => Refused

export const store = (
  call: Call,
  target: Target,
  bytes: Uint8Array,
  overwrite: boolean,
  exists: Exists,
): void => {
  const { db } = call
  const parent = find(db, parentOf(target.path))
  if (parent === undefined || (parent.type !== 'DIRECTORY' && parent.type !== 'REPO'))
    throw absent(`The parent folder (${parentOf(target.path)}) does not exist.`)
  const known = find(db, target.path)
  demandPath(call, known === undefined ? parent.path : target.path, 'CAN_EDIT')
  if (known !== undefined && !overwrite) throw exists(target.path)
  if (known !== undefined && known.type !== target.type)
    throw badValue(
      `Requested node type [${target.type}] is different from the existing node type [${known.type}]`,
    )
  put(db, call.now, target, bytes)
}

const alreadyExists: Exists = (path) =>
  new Refused(400, 'RESOURCE_ALREADY_EXISTS', `Path (${path}) already exists.`)

/** workspace/import, JSON or multipart. */
export const importObject = (call: Call, input: Input): void => {
  const path = readPath(input.path)
  const bytes = readContent(input.content)
  checkSize(bytes)
  const overwrite = flag(input.overwrite, 'overwrite') ?? false
  store(call, targetOf(path, bytes, input), bytes, overwrite, alreadyExists)
}

/** workspace-files/import-file: raw bytes, the rules of AUTO, and its own words for a conflict. */
export const importFile = (call: Call, path: string, bytes: Uint8Array, overwrite: boolean): void => {
  checkSize(bytes)
  const target = automatic(path, bytes)
  const exists: Exists = (at) =>
    new Refused(409, 'RESOURCE_ALREADY_EXISTS', `File already exists at (${at}).`)
  store(call, target, bytes, overwrite, exists)
}
