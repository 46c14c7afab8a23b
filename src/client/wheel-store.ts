import { isMissing } from '../http/api-error.ts'
import type { Int64 } from '../wire/endpoint.ts'
import type { Databricks } from './databricks.ts'
import { uploadTo } from './dbfs-upload.ts'

/** Files at `dbfs:/…` or `/Workspace/…`, where clusters install wheels from. */
interface Store {
  /** Bytes of each file directly in a folder, by its full path; empty when the folder is absent. */
  sizes(folder: string): Promise<Map<string, Int64>>
  read(path: string): Promise<Uint8Array | undefined>
  /** Replaces what is there. Makes the folder. */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** A missing file is a success. */
  remove(path: string): Promise<void>
}

const dbfs = (client: Databricks): Store => {
  const plain = (path: string): string => path.slice('dbfs:'.length)
  return {
    sizes: async (folder) => {
      const files = (await client.dbfs.children(plain(folder))) ?? []
      return new Map(
        files.filter(({ is_dir }) => !is_dir).map((file) => [`dbfs:${file.path}`, file.file_size]),
      )
    },
    read: async (path) => await client.dbfs.readAll(plain(path)),
    write: async (path, bytes) => await uploadTo(client, plain(path), bytes),
    remove: async (path) => void (await client.dbfs.delete({ path: plain(path), recursive: false })),
  }
}

const workspace = (client: Databricks): Store => {
  const plain = (path: string): string => path.slice('/Workspace'.length)
  return {
    sizes: async (folder) => {
      const objects = (await client.workspace.children(plain(folder))) ?? []
      const files = objects.filter(({ object_type }) => object_type === 'FILE')
      return new Map(files.map(({ path, size }) => [`/Workspace${path}`, size ?? 0]))
    },
    read: async (path) => await client.workspace.read(plain(path)),
    write: async (path, bytes) => {
      const at = plain(path)
      await client.workspace.mkdirs({ path: at.slice(0, at.lastIndexOf('/')) })
      await client.workspace.upload({ path: at, format: 'RAW', overwrite: true, content: bytes })
    },
    remove: async (path) => {
      try {
        await client.workspace.delete({ path: plain(path), recursive: false })
      } catch (error) {
        if (!isMissing(error)) throw error
      }
    },
  }
}

/** The store of a path, by how it begins. */
export const storeOf = (client: Databricks, path: string): Store =>
  path.startsWith('dbfs:/') ? dbfs(client) : workspace(client)
