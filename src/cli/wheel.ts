/** Building Python wheels: the same sources make the same bytes. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Wheel } from '../apply/context.ts'
import type { PackageSource } from '../config/package/load.ts'
import type { Project } from '../config/load.ts'
import { Fail } from '../errors.ts'
import type { DesiredPackage } from '../plan/state-code.ts'
import type { Run, World } from './script.ts'
import { cleanCopy } from './wheel-copy.ts'
import { pythonWithBuild } from './wheel-tool.ts'

/** ms. More than this is a hang. */
const longestBuild = 15 * 60_000
/** Lines of the tool's output in a failure. */
const shownLines = 15

/** `python -m build`, with a umask that does not depend on the process it was started from. */
const program =
  'import os, runpy, sys; os.umask(0o022); sys.argv[0] = "build"; runpy.run_module("build", run_name="__main__")'

const variables = async (env: World['env'], epoch: number, temporary: string) => {
  const { installerVariables } = await import('../compute/variables.ts')
  return {
    ...installerVariables(env),
    // https://reproducible-builds.org/docs/source-date-epoch/
    SOURCE_DATE_EPOCH: String(epoch),
    PYTHONHASHSEED: '0',
    TZ: 'UTC',
    LC_ALL: 'C.UTF-8',
    TMPDIR: temporary,
  }
}

const notBuilt = (key: string, why: string, hint: string): Fail =>
  new Fail('PACKAGE_NOT_BUILT', { what: `package ${key} cannot be built`, why, hint })

/** Said by the front end about the command that failed: what that one said is of use. */
const isAboutCommand = (line: string): boolean => /CalledProcessError|^ERROR (Command|Backend)\b/.test(line)

/** Errors if there are any, else the end of it; without colours, and without credentials in the URL of an index. */
const said = (output: string, messages: readonly string[]): string => {
  const errors = messages.filter((line) => !isAboutCommand(line))
  if (errors.length > 0) return errors.join('\n')
  const clean = stripVTControlCharacters(output).replaceAll(/(\w:\/\/)[^\s/@]+@/g, '$1')
  return clean.trim().split('\n').slice(-shownLines).join('\n') || 'it said nothing'
}

const runBuild = async (
  world: World,
  { key }: DesiredPackage,
  source: PackageSource,
  place: { copy: string; out: string; temporary: string },
): Promise<void> => {
  const { env, stop } = world
  const { runProgram } = await import('../compute/program.ts')
  const { messagesOf, networkTrouble } = await import('../compute/texts.ts')
  const python = await pythonWithBuild(world)
  const { code, output, timedOut } = await runProgram(
    python,
    ['-c', program, '--verbose', '--wheel', '--outdir', place.out, place.copy],
    {
      cwd: place.temporary,
      env: await variables(env, source.epoch, place.temporary),
      timeoutMs: longestBuild,
      signal: stop,
    },
  )
  if (timedOut) throw notBuilt(key, 'it took longer than 15 minutes', 'see what its build waits for')
  if (code === 0) return
  const trouble = networkTrouble(output)
  if (trouble === undefined)
    throw notBuilt(
      key,
      said(output, messagesOf(output)),
      'mend it; `python -m build` in its folder shows the same',
    )
  throw notBuilt(
    key,
    `what [build-system] requires cannot be fetched: ${trouble}`,
    'let this machine reach PyPI or a mirror of it (PIP_INDEX_URL, HTTPS_PROXY)',
  )
}

/** Backends write the name as they like (`My.Package`); what they make of it must be the same name. */
const isPlanned = (made: string, planned: string): boolean => {
  const plain = (file: string): string => {
    const [name = '', ...rest] = file.split('-')
    return [name.replace(/[-_.]+/g, '_').toLowerCase(), ...rest].join('-')
  }
  return plain(made) === plain(planned)
}

const onlyWheel = async ({ key, file }: DesiredPackage, out: string): Promise<string> => {
  const made = (await readdir(out)).filter((name) => name.endsWith('.whl'))
  const [wheel] = made
  if (wheel === undefined || made.length > 1)
    throw notBuilt(key, `the build made ${made.length} wheels`, 'one pyproject.toml makes one wheel')
  if (isPlanned(wheel, file)) return wheel
  throw wheel.endsWith('-py3-none-any.whl')
    ? notBuilt(
        key,
        `the build made ${wheel}, not ${file}`,
        'the build backend must take name and version from [project]',
      )
    : notBuilt(
        key,
        `${wheel} is not pure Python (py3-none-any): it would run only on machines like this one`,
        'leave compiled extensions out, or build it on the platform of the cluster and list it as a library',
      )
}

/**
 * Build one wheel from a clean copy of its sources.
 * @throws Fail PACKAGE_NOT_BUILT with the tool's own last lines, PLAN_STALE
 */
export const buildWheel = async (
  world: World,
  wheel: DesiredPackage,
  source: PackageSource,
): Promise<Wheel> => {
  const folder = await mkdtemp(join(tmpdir(), 'brickrail-wheel-'))
  const place = { copy: join(folder, 'source'), out: join(folder, 'out'), temporary: join(folder, 'tmp') }
  try {
    for (const made of [place.out, place.temporary]) await mkdir(made)
    await cleanCopy(source, wheel.version, place.copy)
    await runBuild(world, wheel, source, place)
    const bytes = await readFile(join(place.out, await onlyWheel(wheel, place.out)))
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export type BuildWheel = (wanted: DesiredPackage) => Promise<Wheel>

/** The packages of a project, each built at most once. */
export const wheelsOf = ({ world, emit }: Pick<Run, 'world' | 'emit'>, project: Project): BuildWheel => {
  const built = new Map<string, Promise<Wheel>>()
  const build = async (wanted: DesiredPackage): Promise<Wheel> => {
    const source = project.sources.packages[wanted.key]
    if (!source) throw new Error(`no source of the package ${wanted.key} is known`)
    emit({ type: 'notice', level: 'info', text: `building package ${wanted.key} ${wanted.version}` })
    return await buildWheel(world, wanted, source)
  }
  return (wanted) => {
    const made = built.get(wanted.file) ?? build(wanted)
    built.set(wanted.file, made)
    return made
  }
}
