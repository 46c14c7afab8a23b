import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse, stringify, type TomlTable } from 'smol-toml'
import type { PackageSource } from '../config/package/load.ts'
import { Fail } from '../errors.ts'

/** The pyproject.toml with another version. Comments are lost: it is a copy that nobody reads. */
export const stamp = (pyproject: string, version: string): string => {
  const document = parse(pyproject)
  const project = document['project'] as TomlTable
  return stringify({ ...document, project: { ...project, version } })
}

const readChecked = async (folder: string, path: string, digest: string): Promise<Buffer> => {
  const bytes = await readFile(join(folder, path))
  if (createHash('sha256').update(bytes).digest('hex') === digest) return bytes
  throw new Fail('PLAN_STALE', {
    file: join(folder, path),
    why: 'its content has changed since the plan was made',
  })
}

/**
 * Copy the sources of a package: only those files, all with the same rights and times, whatever the checkout and the umask of this
 * process have made of them. The version is stamped in.
 * @param to an absolute folder that does not exist
 */
export const cleanCopy = async (
  { folder, files, epoch }: PackageSource,
  version: string,
  to: string,
): Promise<void> => {
  await mkdir(to, { recursive: true, mode: 0o755 })
  const folders = new Set([to])
  for (const { path, digest } of files) {
    const bytes = await readChecked(folder, path, digest)
    const target = join(to, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o755 })
    for (let at = dirname(target); !folders.has(at); at = dirname(at)) folders.add(at)
    await writeFile(target, path === 'pyproject.toml' ? stamp(bytes.toString('utf8'), version) : bytes)
    await chmod(target, 0o644)
    await utimes(target, epoch, epoch)
  }
  for (const made of folders) {
    await chmod(made, 0o755)
    await utimes(made, epoch, epoch)
  }
}
