import { createHash } from 'node:crypto'
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { DesiredFile } from '../plan/state.ts'
import type { Language } from '../wire/workspace.ts'

/** https://docs.databricks.com/api/workspace/workspace/import: at most 10 MB a file. */
const maxBytes = 10 * 1024 * 1024
const small = 1024 * 1024

/** Why a file cannot be synced. */
export interface Refused {
  rule: string
  message: string
  hint: string
}

const headers: Record<string, { header: string; language: Language }> = {
  '.py': { header: '# Databricks notebook source', language: 'PYTHON' },
  '.r': { header: '# Databricks notebook source', language: 'R' },
  '.scala': { header: '// Databricks notebook source', language: 'SCALA' },
  '.sql': { header: '-- Databricks notebook source', language: 'SQL' },
}

/**
 * What becomes of one file: sha256, size, and whether it is a notebook by its first line or as .ipynb.
 * Small files are read synchronously into one buffer: five times faster than 32 concurrent asynchronous reads of 10,000
 * files, and nothing of them is kept.
 */
export const readDesired = async (source: string, path: string): Promise<DesiredFile | Refused> => {
  const file = join(source, path)
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    if (size > maxBytes) return tooBig(size)
    if (size > small) return await readLarge(file, path, size)
    const bytes = buffer.subarray(0, readAll(fd, size))
    return describe(path, sha256(bytes), bytes)
  } finally {
    closeSync(fd)
  }
}

const buffer = Buffer.allocUnsafe(small)

const readAll = (fd: number, size: number): number => {
  let done = 0
  while (done < size) {
    const count = readSync(fd, buffer, done, size - done, done)
    if (count === 0) break
    done += count
  }
  return done
}

/** A notebook's JSON must be seen whole; everything else is a stream, of which the first line is kept. */
const readLarge = async (file: string, path: string, size: number): Promise<DesiredFile | Refused> => {
  if (extname(path).toLowerCase() === '.ipynb') {
    const bytes = readFileSync(file)
    return describe(path, sha256(bytes), bytes)
  }
  const hash = createHash('sha256')
  let start: Buffer | undefined
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    start ??= chunk.subarray(0, 256)
    hash.update(chunk)
  }
  return describe(path, hash.digest('hex'), start ?? Buffer.alloc(0), size)
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const describe = (
  source: string,
  digest: string,
  bytes: Buffer,
  size = bytes.length,
): DesiredFile | Refused => {
  const extension = extname(source)
  const path = source.slice(0, source.length - extension.length)
  if (extension.toLowerCase() === '.ipynb') {
    const read = jupyter(bytes)
    if (typeof read !== 'string') return read
    return { path, source, type: 'NOTEBOOK', format: 'JUPYTER', language: read, digest, size }
  }
  const known = headers[extension.toLowerCase()]
  if (known && firstLine(bytes) === known.header)
    return { path, source, type: 'NOTEBOOK', format: 'SOURCE', language: known.language, digest, size }
  return { path: source, source, type: 'FILE', format: 'RAW', digest, size }
}

/** Without a byte order mark, a carriage return or spaces at the end. */
const firstLine = (bytes: Buffer): string =>
  (
    bytes
      .toString('utf8', 0, 256)
      .replace(/^\uFEFF/, '')
      .split('\n', 1)[0] ?? ''
  ).trimEnd()

const languages: Record<string, Language> = { python: 'PYTHON', r: 'R', scala: 'SCALA', sql: 'SQL' }

/** The language of a Jupyter notebook: Databricks' own metadata, then the kernel's; Python when none is named. */
const jupyter = (bytes: Buffer): Language | Refused => {
  let notebook: unknown
  try {
    notebook = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    return broken(`it is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  if (!Array.isArray(at(notebook, 'cells'))) return broken('it has no cells')
  const named = [
    at(notebook, 'metadata', 'application/vnd.databricks.v1+notebook', 'language'),
    at(notebook, 'metadata', 'language_info', 'name'),
    at(notebook, 'metadata', 'kernelspec', 'language'),
  ].find((name) => typeof name === 'string')
  return languages[String(named).toLowerCase()] ?? 'PYTHON'
}

const at = (value: unknown, ...path: string[]): unknown => {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Object.entries(here).find(([name]) => name === step)?.[1]
  }
  return here
}

const broken = (why: string): Refused => ({
  rule: 'jupyter-notebook-is-whole',
  message: `this is not a Jupyter notebook: ${why}`,
  hint: 'save it again from Jupyter (nbformat 4), or give it another extension',
})
/** The hint names both ways out: large data belongs into a volume, build products nowhere. */
const tooBig = (size: number): Refused => ({
  rule: 'file-at-most-10-mb',
  message: `the file has ${(size / 1024 / 1024).toFixed(1)} MB; a workspace takes at most 10`,
  hint: 'keep it in a volume, or add it to workspace.exclude',
})
