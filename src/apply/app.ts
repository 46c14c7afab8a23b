import { createHash } from 'node:crypto'
import { uploadTo } from '../client/dbfs-upload.ts'
import { Fail } from '../errors.ts'
import { hasCode } from '../http/api-error.ts'
import { formatJson } from '../http/json.ts'
import { folderOf, pointerPath } from '../plan/app-paths.ts'
import type { AppFile, AppPointer, DesiredApp } from '../plan/state-code.ts'
import type { Run } from './cluster.ts'
import type { ApplyContext } from './context.ts'
import { each } from './files.ts'
import { isKept } from './kept.ts'

const readChecked = async (context: ApplyContext, app: DesiredApp, file: AppFile): Promise<Uint8Array> => {
  const content = await context.readApp(app, file)
  if (createHash('sha256').update(content).digest('hex') === file.digest) return content
  throw new Fail('PLAN_STALE', {
    file: `${app.key}: ${file.path}`,
    why: 'its content has changed since the plan was made',
  })
}

/**
 * The whole listing is read back: what the pointer will name must be there as a whole.
 * @throws Fail NOT_APPLIED
 */
const verify = async ({ client }: ApplyContext, app: DesiredApp): Promise<void> => {
  const folder = folderOf(app)
  const there = new Map(
    ((await client.dbfs.files(folder)) ?? []).map(({ path, file_size }) => [path, file_size]),
  )
  const wrong = app.files
    .filter(({ path, size }) => there.get(`${folder}/${path}`) !== size)
    .map(({ path }) => path)
  if (wrong.length > 0)
    throw new Fail('NOT_APPLIED', {
      what: `${wrong.length} file(s) of app ${app.key} are not there as sent: ${wrong.slice(0, 5).join(', ')}`,
    })
}

export const upload: Run<'app.upload'> = async (context, { app, files }, progress) => {
  let done = 0
  await each(context, files, async (file) => {
    const content = await readChecked(context, app, file)
    if (isKept(file) && !context.kept.has(file.digest)) await context.packer.add(file.digest, content)
    await uploadTo(context.client, `${folderOf(app)}/${file.path}`, content)
    done += 1
    progress.detail(file.path, done, files.length)
  })
  await verify(context, app)
}

/** One write, and the last one: whoever reads the pointer finds a whole version. */
export const point: Run<'app.point'> = async (context, { app, previous, stale }) => {
  const pointer: AppPointer = {
    ...context.place,
    digest: app.digest,
    path: `dbfs:${folderOf(app)}`,
    files: app.files,
    ...(previous ? { previous } : {}),
    ...(stale ? { stale } : {}),
  }
  const bytes = Buffer.from(formatJson(pointer, 1))
  const path = pointerPath(app)
  await uploadTo(context.client, path, bytes)
  const there = await context.client.dbfs.find(path)
  if (there?.file_size !== bytes.length)
    throw new Fail('NOT_APPLIED', { what: `${path}, the pointer of app ${app.key}, is not there as sent` })
}

const depthOf = (path: string): number => path.replace(/\/$/, '').split('/').length

/** The deepest first, so that a folder is empty when its turn comes. A folder that is not was given something by others: it stays. */
export const remove: Run<'app.delete'> = async (context, { paths }, progress) => {
  const { dbfs } = context.client
  for (const depth of [...new Set(paths.map(depthOf))].sort((a, b) => b - a))
    await each(
      context,
      paths.filter((path) => depthOf(path) === depth),
      async (path) => {
        if (path.endsWith('/')) return await dbfs.deleteAll(path.slice(0, -1))
        try {
          await dbfs.delete({ path, recursive: false })
        } catch (error) {
          if (!hasCode(error, 'IO_ERROR', 'BAD_REQUEST', 'DIRECTORY_NOT_EMPTY')) throw error
          progress.detail(`${path} is kept: somebody has put something there`)
        }
      },
    )
}
