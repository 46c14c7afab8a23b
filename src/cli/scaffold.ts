import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stringify } from 'yaml'
import { exists } from '../config/find.ts'
import { Fail } from '../errors.ts'
import { packageRoot } from './version.ts'

/** What a project is made of; the sample that comes with the package is the template. */
const parts = ['pipelines', 'workspace']

const validName = /^[a-z0-9][a-z0-9_-]*$/

const projectName = (folder: string, asked: string | undefined): string => {
  const name =
    asked ??
    basename(folder)
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '')
  if (validName.test(name)) return name
  throw new Fail('USAGE', {
    what: `«${name}» cannot name a project`,
    hint: 'give --name of lower-case letters, digits, - and _',
  })
}

/** Not what Python left behind when somebody tried the sample where it is installed. */
const isSource = (path: string): boolean => !/__pycache__|\.egg-info|\.pytest_cache/.test(basename(path))

const listed = async (folder: string, part: string): Promise<string[]> => {
  const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

interface Answers {
  name: string
  /** CI hosts to generate pipelines for; those of the sample if not given. */
  hosts?: readonly string[] | undefined
  /** Branch that deploys. */
  branch?: string | undefined
}

/** A text that is one in YAML, too: `2024` and `no` need quotes. */
const scalar = (text: string): string => stringify(text, { compat: 'yaml-1.1' }).trim()

/**
 * The sample's words for another project: its own folders in the workspace, its branch and hosts. The schema is not beside the
 * project but in the package; editors find it there.
 */
const adapt = (text: string, { name, hosts, branch }: Answers): string =>
  text
    .replace(/^name: .*$/m, `name: ${scalar(name)}`)
    .replace(/^( *path: \/Shared\/)HelloWorkspace$/m, `$1${name}`)
    .replace(/^( *path: \/Shared\/)Tesseract$/m, `$1${name}-prod`)
    .replace(/^( *lake: dbfs:\/datalake)\b/m, `$1/${name}`)
    .replace(/^ *command: node dist\/.*\n/m, '')
    .replace(/^( *hosts: ).*$/m, (line, key: string) => (hosts ? `${key}[${hosts.join(', ')}]` : line))
    .replace(/^( *default_branch: ).*$/m, (line, key: string) => (branch ? key + scalar(branch) : line))
    .replaceAll('$schema=../schemas/', '$schema=../node_modules/brickrail/schemas/')
    .replaceAll('$schema=../../schemas/', '$schema=../../node_modules/brickrail/schemas/')

/**
 * Copy the sample project into a folder, under a name of its own.
 * @returns the files written, relative to the folder
 * @throws Fail USAGE when pipelines/ or workspace/ is there already: nothing is written then
 */
export const scaffold = async (
  folder: string,
  { name: asked, ...answers }: Omit<Answers, 'name'> & { name?: string | undefined },
): Promise<string[]> => {
  const name = projectName(folder, asked)
  for (const part of parts)
    if (await exists(join(folder, part)))
      throw new Fail('USAGE', {
        what: `${join(folder, part)} is there already; nothing was written`,
        hint: 'run init in an empty folder and copy what you need from there',
      })
  await mkdir(folder, { recursive: true })
  for (const part of parts)
    await cp(join(packageRoot, part), join(folder, part), {
      recursive: true,
      dereference: true,
      filter: isSource,
    })
  for (const file of await listed(folder, 'pipelines'))
    if (/\.ya?ml$/.test(file))
      await writeFile(
        join(folder, file),
        adapt(await readFile(join(folder, file), 'utf8'), { ...answers, name }),
      )
  await ignoreState(folder)
  return [...(await listed(folder, 'pipelines')), ...(await listed(folder, 'workspace'))].sort()
}

/** State of the embedded workspace, reports of CI jobs, wheels, a pipeline run at home, installed packages: nobody's source code. */
const ignored = [
  '.brickrail/',
  'brickrail-reports/',
  'dist-packages/',
  '.gitlab-ci-local/',
  'node_modules/',
  '__pycache__/',
]

const ignoreState = async (folder: string): Promise<void> => {
  const file = join(folder, '.gitignore')
  const text = (await exists(file)) ? await readFile(file, 'utf8') : ''
  const there = text.split(/\r?\n/).map((line) => line.trim().replace(/^\//, '').replace(/\/?$/, '/'))
  const lacking = ignored.filter((line) => !there.includes(line))
  if (lacking.length === 0) return
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`
  await writeFile(file, `${start}${lacking.join('\n')}\n`)
}
