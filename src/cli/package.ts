import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Project } from '../config/load.ts'
import { Fail } from '../errors.ts'
import type { DesiredPackage } from '../plan/state-code.ts'
import { onlyElsewhere } from './elsewhere.ts'
import type { Run } from './script.ts'
import { wheelsOf } from './wheel.ts'

/** A wheel that was built, as `-o json` gives it. */
export interface Built {
  key: string
  /** Absolute path of the file here. */
  file: string
  /** Where `deploy` puts it. */
  path: string
  version: string
  sha256: string
  /** Bytes. */
  size: number
  /** Digest over the sources. */
  sources: string
}

/** @throws Fail USAGE for one that only other targets have; without names, when this target has none */
const assertHere = (project: Project, names: readonly string[]): void => {
  const none = names.length === 0 && (project.desired.packages ?? []).length === 0
  for (const name of none ? Object.keys(project.declared.packages) : names) {
    const elsewhere = onlyElsewhere(project, 'packages', name)
    if (elsewhere) throw elsewhere
  }
}

/** @throws Fail USAGE when there is no such package, or none at all */
const chosen = (project: Project, names: readonly string[]): DesiredPackage[] => {
  assertHere(project, names)
  const { desired, target } = project
  const declared = desired.packages ?? []
  const known = declared.map(({ key }) => key)
  if (known.length === 0)
    throw new Fail('USAGE', {
      what: `no package is declared for target ${target.name}`,
      hint: 'declare one under `packages` in brickrail.yml: packages: { name: { source: ../workspace } }',
    })
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Fail('USAGE', {
      what: `there is no package «${unknown}»`,
      hint: `packages: ${known.join(', ')}`,
    })
  return declared.filter(({ key }) => names.length === 0 || names.includes(key))
}

/**
 * Build packages and write the wheels to a folder; nothing is sent.
 * @param out relative to where the command runs
 * @throws Fail USAGE, PACKAGE_NOT_BUILT
 */
export const buildPackages = async (
  run: Run,
  project: Project,
  { names, out }: { names: readonly string[]; out: string },
): Promise<Built[]> => {
  const wheel = wheelsOf(run, project)
  const folder = resolve(run.world.cwd, out)
  const built: Built[] = []
  for (const wanted of chosen(project, names)) {
    const { bytes, sha256 } = await wheel(wanted)
    const { key, path, version, sources } = wanted
    const file = join(folder, wanted.file)
    await mkdir(folder, { recursive: true })
    await writeFile(file, bytes)
    built.push({ key, file, path, version, sha256, size: bytes.length, sources })
  }
  return built
}

/** One block of lines for each package. */
export const packageText = (built: readonly Built[]): string =>
  built
    .map(({ key, file, version, sha256, size, sources }) =>
      [
        `package ${key} ${version}`,
        `  file     ${file}`,
        `  sha256   ${sha256}`,
        `  size     ${size} bytes`,
        `  sources  ${sources}`,
      ].join('\n'),
    )
    .join('\n')
