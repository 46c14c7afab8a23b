import { createHash } from 'node:crypto'
import { dirname } from 'node:path/posix'
import { Fail } from '../errors.ts'
import { hasCode, isMissing } from '../http/api-error.ts'
import type { DesiredFile } from '../plan/state.ts'
import type { ObjectInfo } from '../wire/workspace.ts'
import type { Run } from './cluster.ts'
import type { ApplyContext } from './context.ts'

/** Files in memory at once; above the limiter's most, so that it is never starved. */
const inFlight = 48

/**
 * Do it for all of them, some at a time, with a sign of life after each. A fixed number of workers rather than a queue:
 * what is in memory does not grow with the number of files. When one fails, those under way end before it is reported.
 */
export const each = async <T>(
  { claim }: ApplyContext,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const rest = items.values()
  let failure: { error: unknown } | undefined
  const worker = async () => {
    for (const item of rest) {
      if (failure) return
      try {
        await work(item)
        await claim.pulse()
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(inFlight, items.length) }, worker))
  if (failure) throw failure.error
}

export const mkdirs: Run<'files.mkdirs'> = async (context, { paths }) =>
  await each(context, paths, async (path) => {
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

/** What the folders of these paths hold now, by path. */
const beside = async (context: ApplyContext, paths: readonly string[]): Promise<Map<string, ObjectInfo>> => {
  const there = new Map<string, ObjectInfo>()
  await each(context, [...new Set(paths.map(dirname))], async (folder) => {
    for (const object of (await context.client.workspace.children(folder)) ?? [])
      there.set(object.path, object)
  })
  return there
}

/**
 * Read the folders back that the files went to, and note when the server wrote them. A single file that nothing else
 * is deployed with is left out: its own answer speaks for it, and the record follows at once.
 * @throws Fail NOT_APPLIED
 */
const verify = async (context: ApplyContext, root: string, files: readonly DesiredFile[]): Promise<void> => {
  const there = await beside(
    context,
    files.map(({ path }) => `${root}/${path}`),
  )
  const missing = files
    .filter(({ path, type }) => {
      const at = `${root}/${path}`
      const object = there.get(at)
      const old = context.writtenBefore.get(at)
      return object?.object_type !== type || (old !== undefined && object.modified_at === old)
    })
    .map(({ path }) => path)
  for (const { path } of files) {
    const at = there.get(`${root}/${path}`)?.modified_at
    if (at !== undefined) context.writtenAt.set(path, at)
  }
  if (missing.length > 0)
    throw new Fail('NOT_APPLIED', {
      what: `${missing.length} file(s) are not there as sent: ${missing.slice(0, 5).join(', ')}`,
    })
}

export const upload: Run<'files.upload'> = async (context, { root, files }, progress) => {
  let done = 0
  await each(context, files, async (file) => {
    await uploadOne(context, root, file)
    done += 1
    progress.detail(file.path, done, files.length)
  })
  if (files.length > 1 || context.readBack) await verify(context, root, files)
}

/** Read back, because a stale file that stays is no longer known as ours by the next run. */
export const remove: Run<'files.delete'> = async (context, { paths }) => {
  await each(context, paths, async (item) => {
    try {
      await context.client.workspace.delete(item)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  })
  const all = paths.map(({ path }) => path)
  const there = await beside(context, all)
  const left = all.filter((path) => there.has(path))
  if (left.length > 0)
    throw new Fail('NOT_APPLIED', {
      what: `${left.length} object(s) are still there: ${left.slice(0, 5).join(', ')}`,
    })
}

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
