import { access } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Fail } from '../errors.ts'

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const usual = 'pipelines/brickrail.yml'

/**
 * brickrail.yml as it was named, or in this folder or the nearest above.
 * @throws Fail USAGE
 */
export const findProject = async ({ cwd, file }: { cwd: string; file?: string }): Promise<string> => {
  if (file !== undefined) {
    const named = resolve(cwd, file)
    if (await exists(named)) return named
    throw new Fail('USAGE', { what: `there is no file ${file}`, hint: 'check the path given as --file' })
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const candidate = resolve(folder, usual)
    if (await exists(candidate)) return candidate
    if (dirname(folder) === folder) break
  }
  throw new Fail('USAGE', {
    what: `there is no ${usual} here or in any folder above`,
    hint: 'start one with `brickrail init`',
  })
}
