/**
 * URLs that carry their permission, as those of cloud storage: whoever has one may read or write that one file for a quarter
 * of an hour, and sends no Authorization header. Below `/signed-storage/`.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context, Hono } from 'hono'
import { now } from '../server/clock.ts'
import type { Call } from '../server/call.ts'
import { denied } from '../server/refused.ts'
import type { Services } from '../server/router.ts'
import { spoolBody } from '../server/spool-body.ts'
import { uploadsRoot } from '../server/spool.ts'
import { fileResponse } from '../server/stored-file.ts'
import { openArtifact, writeArtifact } from './files.ts'
import { readFilePath } from './paths.ts'
import { etagOf, rootOf, type ArtifactPlace, type StoreName } from './storage.ts'

const root = '/signed-storage'
const lifetimeMs = 15 * 60_000
const mostBytes = 5 * 1024 ** 3

type Way = 'GET' | 'PUT'

/** One key a workspace, so that two processes on one state folder know each other's URLs. */
const keyOf = (folder: string): Buffer => {
  const parent = join(rootOf(folder, 'tracking'), '..')
  const file = join(parent, '.signing-key')
  mkdirSync(parent, { recursive: true })
  try {
    writeFileSync(file, randomBytes(32), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return readFileSync(file)
}

const signatureOf = (folder: string, way: Way, { store, path }: ArtifactPlace, expires: number): Buffer =>
  createHmac('sha256', keyOf(folder))
    .update(JSON.stringify([way, store, path, expires]))
    .digest()

/**
 * A URL for one file.
 * @param way what may be done with it: GET reads (HEAD too), PUT writes
 */
export const signedUrl = (
  { site, origin, now: at }: Pick<Call, 'site' | 'origin' | 'now'>,
  way: Way,
  place: ArtifactPlace,
): string => {
  const expires = at + lifetimeMs
  const signature = signatureOf(site.folder(), way, place, expires).toString('hex')
  const path = place.path.split('/').map(encodeURIComponent).join('/')
  return `${origin}${root}/${place.store}/${path}?expires=${expires}&signature=${signature}`
}

const stores: readonly StoreName[] = ['tracking', 'models']

/** @throws Refused 403 for a signature that is wrong, of another file or way, or too old */
const permitted = (c: Context, { db, site }: Services, way: Way): ArtifactPlace => {
  const store = stores.find((name) => name === c.req.param('store'))
  const expires = Number(c.req.query('expires'))
  const given = Buffer.from(c.req.query('signature') ?? '', 'hex')
  if (store === undefined) throw denied('This URL is not signed')
  const place = { store, path: readFilePath(c.req.param('path')) }
  const wanted = signatureOf(site.folder(), way, place, expires)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw denied('The signature of this URL does not fit')
  if (expires <= now(db)) throw denied('This URL has expired; ask for a new one')
  return place
}

export const mountSigned = (app: Hono, services: Services): void => {
  const { site } = services
  app.get(`${root}/:store/:path{.+}`, (c) => {
    const file = openArtifact({ site }, permitted(c, services, 'GET'))
    return fileResponse(file, c.req.raw, { etag: etagOf(file.stats) })
  })
  app.put(`${root}/:store/:path{.+}`, async (c) => {
    const place = permitted(c, services, 'PUT')
    const body = c.req.raw.body
    const content =
      body === null ? new Uint8Array() : await spoolBody(body, uploadsRoot(site.folder()), mostBytes)
    return new Response(null, { headers: { etag: etagOf(writeArtifact({ site }, place, content)) } })
  })
}
