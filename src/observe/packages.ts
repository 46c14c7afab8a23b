import { storeOf } from '../client/wheel-store.ts'
import type { Databricks } from '../client/databricks.ts'
import type { DeployedPackage, DesiredPackage, RecordedPackage } from '../plan/state-code.ts'
import type { Int64 } from '../wire/endpoint.ts'

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

const sizesIn = async (client: Databricks, folders: Iterable<string>): Promise<Map<string, Int64>> => {
  const found = await Promise.all([...folders].map((folder) => storeOf(client, folder).sizes(folder)))
  return new Map(found.flatMap((sizes) => [...sizes]))
}

/**
 * The wheels that are declared, and the older ones that former deployments have left. Reads only: one list for each folder that
 * wheels are in.
 */
export const observePackages = async (
  client: Databricks,
  declared: readonly DesiredPackage[],
  recorded: Readonly<Record<string, RecordedPackage>>,
): Promise<DeployedPackage[]> => {
  const current = new Map(declared.map(({ key, path }) => [key, path]))
  const left = new Map(Object.entries(recorded).map(([key, { path, old = [] }]) => [key, [path, ...old]]))
  const paths = [...current.values(), ...[...left.values()].flat()]
  const sizes = await sizesIn(client, new Set(paths.map(folderOf)))
  return [...new Set([...current.keys(), ...left.keys()])].map((key) => {
    const path = current.get(key)
    const size = path === undefined ? undefined : sizes.get(path)
    const old = (left.get(key) ?? []).filter((one) => one !== path && sizes.has(one))
    return { key, ...(size === undefined ? {} : { size }), old }
  })
}
