import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadProject, type LoadOptions, type Loaded, type Project } from '../../src/config/load.ts'
import type { Fault } from '../../src/errors.ts'

export const specPath = 'pipelines/clusters/main.json'
export const mainFields = {
  spark_version: '17.3.x-scala2.13',
  node_type_id: 'Standard_DS3_v2',
  num_workers: 1,
  autotermination_minutes: 60,
}

/** A sound project; cases change one file of it. */
export const sound: Readonly<Record<string, string>> = {
  'pipelines/brickrail.yml': [
    'name: demo',
    'targets: { local: {} }',
    'workspace: { path: /Shared/Demo }',
    'clusters:',
    '  Main: { spec: clusters/main.json, libraries: libraries/main.yml }',
    '',
  ].join('\n'),
  [specPath]: JSON.stringify(mainFields),
  'pipelines/libraries/main.yml': 'pypi: [simplejson==3.19.2]\n',
  'workspace/job.py': 'print(1)\n',
}

/**
 * The sound spec with other fields (`undefined` leaves one out), one field a line, so that the line of a fault names the
 * field: `{` is line 1, the sound fields end at line 5.
 */
export const mainSpec = (fields: Readonly<Record<string, unknown>>): string => {
  const all = Object.entries({ ...mainFields, ...fields }).filter(([, value]) => value !== undefined)
  return `{\n${all.map(([key, value]) => `"${key}": ${JSON.stringify(value)}`).join(',\n')}\n}\n`
}

/** An empty folder that goes away with the test. */
export const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files below a folder; `undefined` leaves one out. */
export const write = (
  folder: string,
  files: Readonly<Record<string, string | Uint8Array | undefined>>,
): string => {
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

export type Options = Partial<Omit<LoadOptions, 'cwd'>>

/** Loads the sound project with some files replaced. */
export const load = (
  files: Readonly<Record<string, string | Uint8Array | undefined>> = {},
  options: Options = {},
): Promise<Loaded> =>
  loadProject({ cwd: write(temporary(), { ...sound, ...files }), env: {}, today: '2026-11-21', ...options })

/** `file:line:column rule: message` */
export const line = ({ file, line, column, rule, message }: Fault): string =>
  `${file}:${line}:${column} ${rule}: ${message}`

export const faultsOf = (loaded: Loaded): string[] => (loaded.ok ? [] : loaded.faults.map(line))
export const warningsOf = (loaded: Loaded): string[] => loaded.warnings.map(line)

/** The project, or an error that lists its faults. */
export const sane = (loaded: Loaded): Project => {
  if (loaded.ok) return loaded.project
  throw new Error(faultsOf(loaded).join('\n'))
}
