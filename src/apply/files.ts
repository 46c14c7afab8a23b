import pLimit from 'p-limit'
import { createHash } from 'node:crypto'
import { dirname } from 'node:path/posix'
import { Fail } from '../errors.ts'
import { hasCode, isMissing } from '../http/api-error.ts'
import type { DesiredFile } from '../plan/state.ts'
import type { Run } from './cluster.ts'
import type { ApplyContext } from './context.ts'

/** Files in memory at once; above the limiter's most, so that it is never starved. */
const inFlight = 48

const each = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const limit = pLimit(inFlight)
  let failure: { error: unknown } | undefined
  // Not Promise.all alone: when one fails, those under way must have ended before the failure is reported.
  await Promise.all(
    items.map((item) =>
      limit(async () => {
        if (failure) return
        await work(item).catch((error: unknown) => (failure ??= { error }))
      }),
    ),
  )
  if (failure) throw failure.error
}

export const mkdirs: Run<'files.mkdirs'> = async (context, { paths }) =>
  await each(paths, async (path) => {
    await context.client.workspace.mkdirs({ path })
  })

const readChecked = async (context: ApplyContext, file: DesiredFile): Promise<Uint8Array> => {
  const content = await context.read(file)
  if (createHash('sha256').update(content).digest('hex') === file.digest) return content
  throw new Fail('PLAN_STALE', { file: file.source, why: 'its content has changed since the plan was made' })
}

const uploadOne = async (context: ApplyContext, root: string, file: DesiredFile): Promise<void> => {
  const content = await readChecked(context, file)
  if (!context.kept.has(file.digest)) await context.packer.add(file.digest, content)
  await context.client.workspace.upload({
    path: `${root}/${file.path}`,
    format: file.format,
    ...(file.language === undefined || file.format === 'JUPYTER' ? {} : { language: file.language }),
    overwrite: true,
    content,
  })
}

/**
 * Read the folders back that many files went to. A single file's answer speaks for itself; in a crowd one that a
 * proxy swallowed would go unseen.
 * @throws Fail NOT_APPLIED
 */
const verify = async (context: ApplyContext, root: string, files: readonly DesiredFile[]): Promise<void> => {
  const folders = [...new Set(files.map(({ path }) => dirname(`${root}/${path}`)))]
  const there = new Map<string, string>()
  await each(folders, async (folder) => {
    for (const { path, object_type } of (await context.client.workspace.children(folder)) ?? [])
      there.set(path.replace(/^\/Workspace(?=\/)/, ''), object_type)
  })
  const missing = files
    .filter(({ path, type }) => there.get(`${root}/${path}`) !== type)
    .map(({ path }) => path)
  if (missing.length > 0)
    throw new Fail('NOT_APPLIED', {
      what: `${missing.length} file(s) are not there: ${missing.slice(0, 5).join(', ')}`,
    })
}

export const upload: Run<'files.upload'> = async (context, { root, files }, progress) => {
  let done = 0
  await each(files, async (file) => {
    await uploadOne(context, root, file)
    done += 1
    progress.detail(file.path, done, files.length)
    await context.claim.pulse()
  })
  if (files.length > 1) await verify(context, root, files)
}

export const remove: Run<'files.delete'> = async (context, { paths }) =>
  await each(paths, async (item) => {
    try {
      await context.client.workspace.delete(item)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  })

export const removeFolders: Run<'files.remove-folders'> = async (context, { paths }, progress) => {
  for (const path of paths)
    try {
      await context.client.workspace.delete({ path, recursive: false })
    } catch (error) {
      if (hasCode(error, 'DIRECTORY_NOT_EMPTY'))
        progress.detail(`${path} is kept: somebody has put something there`)
      else if (!isMissing(error)) throw error
    }
}
