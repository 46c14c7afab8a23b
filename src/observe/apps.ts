import type { Databricks } from '../client/databricks.ts'
import { folderOf, isPointerName, pointerName } from '../plan/app-paths.ts'
import type { AppPointer, DeployedApp, DesiredApp, RecordedApp } from '../plan/state-code.ts'
import type { FileInfo } from '../wire/dbfs.ts'

/** An app to look for: as declared, or as a former deployment has recorded it. */
type Sought = Pick<DesiredApp, 'key' | 'root' | 'layout' | 'digest'> & { declared: boolean }

const isPointer = (value: unknown): value is AppPointer =>
  typeof value === 'object' &&
  value !== null &&
  'project' in value &&
  'target' in value &&
  'digest' in value &&
  typeof value.digest === 'string' &&
  'files' in value &&
  Array.isArray(value.files)

/** A pointer that was torn, and a file of the same name that somebody else has put there, look the same. */
const parsed = (bytes: Uint8Array): AppPointer | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return isPointer(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Of a plain layout without what a versioned one has left there. */
const filesOf = async (
  client: Databricks,
  sought: Sought,
  children: readonly FileInfo[],
): Promise<FileInfo[] | undefined> => {
  const { root, layout } = sought
  if (layout === 'versioned') return await client.dbfs.files(folderOf(sought))
  const own = children.filter(({ path }) => {
    const name = path.slice(root.length + 1)
    return name !== 'versions' && !isPointerName(name)
  })
  const found = own.map(async (entry) =>
    entry.is_dir ? ((await client.dbfs.files(entry.path)) ?? []) : [entry],
  )
  return (await Promise.all(found)).flat()
}

const relative = ({ path, file_size, modification_time }: FileInfo, folder: string) => ({
  path: path.slice(folder.length + 1),
  size: file_size,
  modified: modification_time,
})

const observeApp = async (client: Databricks, sought: Sought): Promise<DeployedApp> => {
  const { key, root, layout, declared } = sought
  const children = await client.dbfs.children(root)
  if (children === undefined) return { key, root, versions: [] }
  const names = children.map(({ path }) => path.slice(root.length + 1))
  const read = async (name: string): Promise<AppPointer | undefined> => {
    const bytes = names.includes(name) ? await client.dbfs.readAll(`${root}/${name}`) : undefined
    return bytes && parsed(bytes)
  }
  const own = pointerName[layout]
  const versioned = layout === 'versioned'
  const [pointer, other, versions, files] = await Promise.all([
    read(own),
    read(versioned ? pointerName.plain : pointerName.versioned),
    versioned && names.includes('versions') ? client.dbfs.children(`${root}/versions`) : [],
    declared ? filesOf(client, sought, children) : undefined,
  ])
  const at = children.find(({ path }) => path === `${root}/${own}`)
  return {
    key,
    root,
    names,
    ...(pointer ? { pointer } : {}),
    ...(at && pointer ? { pointedAt: at.modification_time } : {}),
    ...(at && !pointer ? { unreadable: true } : {}),
    ...(other ? { other } : {}),
    ...(files ? { files: files.map((file) => relative(file, folderOf(sought))) } : {}),
    versions: (versions ?? []).filter(({ is_dir }) => is_dir).map(({ path }) => path.split('/').at(-1) ?? ''),
  }
}

/**
 * The apps that are declared, and those that a former deployment has left elsewhere. Reads only: one list for each folder, and
 * the pointer.
 */
export const observeApps = async (
  client: Databricks,
  declared: readonly DesiredApp[],
  recorded: Readonly<Record<string, RecordedApp>>,
): Promise<DeployedApp[]> => {
  const gone = Object.entries(recorded).filter(([, { root }]) => !declared.some((app) => app.root === root))
  const sought: Sought[] = [
    ...declared.map((app) => ({ ...app, declared: true })),
    ...gone.map(([key, app]) => ({ ...app, key, declared: false })),
  ]
  return await Promise.all(sought.map((app) => observeApp(client, app)))
}
