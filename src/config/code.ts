import type { DesiredApp, DesiredPackage } from '../plan/state-code.ts'
import { appPath, loadApps } from './app/load.ts'
import { entriesOf, get, type Located } from './located.ts'
import { loadPackages, type LastChange, type PackageSource } from './package/load.ts'
import type { Context } from './read.ts'

/** Where in the checkout the bytes of packages and apps are, by key. */
export interface CodeSources {
  packages: Readonly<Record<string, PackageSource>>
  /** Absolute folders. */
  apps: Readonly<Record<string, string>>
}

/** What the sections `packages` and `apps` come to. */
export interface LoadedCode {
  /** Absent: there is no such section. */
  packages?: DesiredPackage[]
  apps?: DesiredApp[]
  sources: CodeSources
  /** By the names that others refer to: `packages.<key>.path`, `packages.<key>.version`, `apps.<key>.path`. */
  values: ReadonlyMap<string, string>
}

export interface CodeInput {
  project: string
  target: string
  /** Absent: this is no checkout. */
  lastChange?: LastChange | undefined
}

/** @param sections packages and apps, their references replaced */
export const loadCode = async (
  context: Context,
  sections: Located,
  input: CodeInput,
): Promise<LoadedCode> => {
  const [declaredPackages, declaredApps] = [get(sections, 'packages'), get(sections, 'apps')]
  const packages = await loadPackages(context, entriesOf(declaredPackages), input)
  const apps = await loadApps(context, entriesOf(declaredApps))
  return {
    ...(declaredPackages ? { packages: packages.map(({ wheel }) => wheel) } : {}),
    ...(declaredApps ? { apps: apps.map(({ app }) => app) } : {}),
    sources: {
      packages: Object.fromEntries(packages.map(({ wheel, source }) => [wheel.key, source])),
      apps: Object.fromEntries(apps.map(({ app, source }) => [app.key, source])),
    },
    values: new Map([
      ...packages.flatMap(({ wheel: { key, path, version } }): [string, string][] => [
        [`packages.${key}.path`, path],
        [`packages.${key}.version`, version],
      ]),
      ...apps.map(({ app }): [string, string] => [`apps.${app.key}.path`, appPath(app)]),
    ]),
  }
}
