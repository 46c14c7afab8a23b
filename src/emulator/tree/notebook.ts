import type { Bytes } from '../server/call.ts'
import type { Language } from '../../wire/workspace.ts'

interface Dialect {
  /** Starts a comment line. */
  readonly comment: string
  readonly extension: string
  readonly magic: string
}

/** https://docs.databricks.com/notebooks/notebook-export-import#supported-import-formats */
export const dialects: Readonly<Record<Language, Dialect>> = {
  PYTHON: { comment: '#', extension: 'py', magic: '%python' },
  SQL: { comment: '--', extension: 'sql', magic: '%sql' },
  SCALA: { comment: '//', extension: 'scala', magic: '%scala' },
  R: { comment: '#', extension: 'r', magic: '%r' },
}

const languages: readonly Language[] = ['PYTHON', 'SQL', 'SCALA', 'R']
const title = 'Databricks notebook source'
const separator = 'COMMAND ----------'

const header = (language: Language): string => `${dialects[language].comment} ${title}`

const extensionOf = (name: string): string | undefined => /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase()

export const languageNamed = (name: string): Language | undefined => languages.find((known) => known === name)

export const languageOfName = (name: string): Language | undefined =>
  languages.find((language) => dialects[language].extension === extensionOf(name))

export const stripExtension = (path: string): string => path.replace(/\.[^./]+$/, '')

const startsWithHeader = (bytes: Uint8Array, language: Language): boolean => {
  const line = Buffer.from(bytes.subarray(0, 200)).toString('utf8').split(/\r?\n/)[0] ?? ''
  return line.replace(/^\uFEFF/, '').trimEnd() === header(language)
}

/** What AUTO makes of a file: a notebook when it has the header of its extension, or is .ipynb; else `undefined`. */
export const detect = (
  name: string,
  bytes: Uint8Array,
): { language: Language; format: 'SOURCE' | 'JUPYTER' } | undefined => {
  if (extensionOf(name) === 'ipynb')
    return { language: languageOfIpynb(bytes) ?? 'PYTHON', format: 'JUPYTER' }
  const language = languageOfName(name)
  return language !== undefined && startsWithHeader(bytes, language)
    ? { language, format: 'SOURCE' }
    : undefined
}

interface Ipynb {
  cells?: { cell_type?: string; source?: string | string[] }[]
  metadata?: { language_info?: { name?: string }; kernelspec?: { language?: string } }
}

const isIpynb = (value: unknown): value is Ipynb =>
  typeof value === 'object' && value !== null && 'cells' in value && Array.isArray(value.cells)

/** @returns undefined when it is no notebook JSON */
export const parseIpynb = (bytes: Uint8Array): Ipynb | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return isIpynb(value) ? value : undefined
  } catch {
    return undefined
  }
}

export const languageOfIpynb = (bytes: Uint8Array): Language | undefined => {
  const metadata = parseIpynb(bytes)?.metadata
  const name = metadata?.language_info?.name ?? metadata?.kernelspec?.language ?? 'python'
  return languages.find((language) => language === name.toUpperCase())
}

/** A SOURCE notebook always exports with its header line. */
export const withHeader = (bytes: Bytes, language: Language): Bytes =>
  startsWithHeader(bytes, language) ? bytes : Buffer.concat([Buffer.from(`${header(language)}\n`), bytes])

const joined = (source: string | string[] | undefined): string =>
  Array.isArray(source) ? source.join('') : (source ?? '')

/** Jupyter to SOURCE: markdown cells become `MAGIC %md` comments. */
export const toSource = (bytes: Bytes, language: Language): Bytes => {
  const { comment } = dialects[language]
  const cells = (parseIpynb(bytes)?.cells ?? []).map((cell) => {
    const text = joined(cell.source)
    if (cell.cell_type === 'code' && !text.startsWith('%')) return text
    const lines = (cell.cell_type === 'code' ? text : `%md\n${text}`).split('\n')
    return lines.map((line) => `${comment} MAGIC ${line}`.trimEnd()).join('\n')
  })
  const body = cells.join(`\n\n${comment} ${separator}\n\n`)
  return Buffer.from(`${header(language)}\n${body}${body === '' ? '' : '\n'}`)
}

const unmagic = (text: string, comment: string): { cell_type: 'code' | 'markdown'; text: string } => {
  const lines = text.split('\n')
  const magic = `${comment} MAGIC`
  if (!lines.every((line) => line.startsWith(magic))) return { cell_type: 'code', text }
  const plain = lines.map((line) => line.slice(magic.length).replace(/^ /, ''))
  return plain[0]?.trim() === '%md'
    ? { cell_type: 'markdown', text: plain.slice(1).join('\n') }
    : { cell_type: 'code', text: plain.join('\n') }
}

const asLines = (text: string): string[] => text.split(/(?<=\n)/)

/** SOURCE to Jupyter (nbformat 4). */
export const toIpynb = (bytes: Bytes, language: Language): Bytes => {
  const { comment } = dialects[language]
  const text = Buffer.from(withHeader(bytes, language))
    .toString('utf8')
    .replace(/^.*\r?\n?/, '')
  const cells = text.split(new RegExp(`^${comment} ${separator}\\s*$`, 'm')).map((part) => {
    const cell = unmagic(part.trim(), comment)
    const common = { cell_type: cell.cell_type, metadata: {}, source: asLines(cell.text) }
    return cell.cell_type === 'code' ? { ...common, execution_count: null, outputs: [] } : common
  })
  const metadata = { language_info: { name: language.toLowerCase() } }
  return Buffer.from(JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 0 }))
}
