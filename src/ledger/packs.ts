import { gunzipSync, gzipSync } from 'node:zlib'
import type { Databricks } from '../client/databricks.ts'
import { Fail } from '../errors.ts'
import { formatJson, parseJson } from '../http/json.ts'
import type { RecordedFile } from '../plan/state.ts'
import { readRecord } from './read.ts'
import { ledgerFolder, packName, type LedgerPlace, type PackIndex } from './record.ts'

/** Bytes of file content that are held at once before they go up as one pack file. */
const packBytes = 4 * 1024 * 1024
/** A pack of at most this many bytes travels in the record itself and costs no request. */
const inlineBytes = 64 * 1024

/** Collects what a deployment uploads, so that a rollback needs neither Git nor this machine. */
export interface Packer {
  add(digest: string, bytes: Uint8Array): Promise<void>
  finish(): Promise<PackIndex>
}

const encode = (contents: Map<string, Uint8Array>): Buffer =>
  gzipSync(
    formatJson(
      Object.fromEntries([...contents].map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
    ),
  )

export const createPacker = (client: Databricks, place: LedgerPlace, number: number): Packer => {
  const files: string[] = []
  let open = new Map<string, Uint8Array>()
  let size = 0

  const flush = async (contents: Map<string, Uint8Array>) => {
    const name = packName(number, files.length + 1)
    files.push(name)
    const path = `${ledgerFolder(place.project, place.target)}/${name}`
    await client.workspace.upload({ path, format: 'RAW', overwrite: true, content: encode(contents) })
  }
  return {
    add: async (digest, bytes) => {
      if (open.has(digest)) return
      open.set(digest, bytes)
      size += bytes.length
      if (size < packBytes) return
      const full = open
      open = new Map()
      size = 0
      await flush(full)
    },
    finish: async () => {
      const last = encode(open)
      if (open.size > 0 && last.length <= inlineBytes) return { inline: last.toString('base64'), files }
      if (open.size > 0) await flush(open)
      return { files }
    },
  }
}

const decode = (bytes: Uint8Array): Record<string, string> =>
  parseJson(gunzipSync(bytes).toString('utf8')) as Record<string, string>

/** All packs of one deployment, read once. */
const readPacks = async (
  client: Databricks,
  place: LedgerPlace,
  number: number,
): Promise<Map<string, Uint8Array>> => {
  const { pack } = await readRecord(client, place, number)
  const folder = ledgerFolder(place.project, place.target)
  const parts = await Promise.all(
    (pack?.files ?? []).map(async (name) => {
      const bytes = await client.workspace.read(`${folder}/${name}`)
      if (bytes === undefined)
        throw new Fail('LEDGER_UNREADABLE', { path: `${folder}/${name}`, why: 'it is gone' })
      return bytes
    }),
  )
  if (pack?.inline !== undefined) parts.push(Buffer.from(pack.inline, 'base64'))
  const contents = parts.flatMap((part) => Object.entries(decode(part)))
  return new Map(contents.map(([digest, text]) => [digest, Buffer.from(text, 'base64')]))
}

/**
 * Reads the bytes of recorded files from their packs, the packs of a deployment once, when the first of its files is asked for.
 * @throws Fail LEDGER_UNREADABLE
 */
export const packSource = (
  client: Databricks,
  place: LedgerPlace,
  files: readonly Pick<RecordedFile, 'digest' | 'in'>[],
) => {
  const numberOfDigest = new Map(files.map((file) => [file.digest, file.in]))
  const loaded = new Map<number, Promise<Map<string, Uint8Array>>>()
  return async (file: { digest: string; path: string }): Promise<Uint8Array> => {
    const number = numberOfDigest.get(file.digest) ?? 0
    if (!loaded.has(number)) loaded.set(number, readPacks(client, place, number))
    const bytes = (await loaded.get(number))?.get(file.digest)
    if (bytes === undefined)
      throw new Fail('LEDGER_UNREADABLE', {
        path: `deployment #${number}`,
        why: `it does not hold ${file.path}`,
      })
    return bytes
  }
}
