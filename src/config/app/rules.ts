import type { Fault } from '../../errors.ts'
import type { AppFile, DesiredApp } from '../../plan/state-code.ts'
import { faultAt } from '../faults.ts'
import type { Place } from '../located.ts'

/** What an app may not be, as a fault without its place. */
export interface Problem {
  rule: string
  message: string
  hint: string
}

const example = 'e.g. dbfs:/datalake/code/model'

/** Folders of DBFS that are not for a project's code: https://docs.databricks.com/dbfs/root-locations.html */
const reserved = ['databricks', 'databricks-datasets', 'databricks-results', 'Volumes', 'Workspace', 'user']

/** `dbfs:/datalake//code/model/` is `/datalake/code/model`. */
export const rootOf = (path: string): string =>
  path
    .replace(/^dbfs:/, '')
    .replace(/\/+/g, '/')
    .replace(/\/$/, '')

/** Why a folder on DBFS cannot be one app's own. */
export const rootProblem = (path: string): Problem | undefined => {
  const rule = 'app-path-is-one-folder'
  if (!path.startsWith('dbfs:/')) {
    const hint = path.startsWith('/')
      ? `write dbfs:${path.replace(/^\/dbfs(?=\/)/, '')}`
      : `write a folder on DBFS, ${example}`
    return { rule, message: `«${path}» does not begin with dbfs:/`, hint }
  }
  const steps = rootOf(path).split('/').slice(1)
  if (steps.some((step) => step === '.' || step === '..'))
    return { rule, message: `«${path}» holds . or ..`, hint: `write it out, ${example}` }
  if (reserved.includes(steps[0] ?? ''))
    return {
      rule,
      message: `«${path}» is not a folder for a project's own files`,
      hint: `use another one, ${example}`,
    }
  return steps.length < 2 || (steps.length < 3 && steps[0] === 'mnt')
    ? {
        rule,
        message: `«${path}» is shared with others`,
        hint: `give the app a folder of its own, ${example}`,
      }
    : undefined
}

/** What Brickrail itself writes beside the files of an app. */
const taken = { versioned: [] as string[], plain: ['.brickrail.json'] }

/** Names that cannot travel, and files that Brickrail has itself. */
export const fileProblems = (files: readonly AppFile[], layout: DesiredApp['layout']): Problem[] =>
  files.flatMap(({ path }): Problem[] => {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u001f\u007f\uFFFD]/.test(path))
      return [
        {
          rule: 'plain-file-name',
          message: `the name ${JSON.stringify(path)} holds a control character or is not UTF-8`,
          hint: 'rename the file',
        },
      ]
    return taken[layout].includes(path)
      ? [{ rule: 'plain-file-name', message: `«${path}» is written by Brickrail`, hint: 'rename the file' }]
      : []
  })

interface Placed {
  app: DesiredApp
  at: Place
}

/** Two apps in one folder would delete each other's files; so would one below another. */
export const overlaps = (apps: readonly Placed[]): Fault[] =>
  apps.flatMap(({ app, at }, index) => {
    const other = apps
      .slice(0, index)
      .find(({ app: { root } }) => `${app.root}/`.startsWith(`${root}/`) || root.startsWith(`${app.root}/`))
    if (!other) return []
    const message =
      other.app.root === app.root
        ? `the apps ${other.app.key} and ${app.key} go to the same folder`
        : `the folder of app ${app.key} and that of ${other.app.key} lie in each other`
    return [faultAt(at, 'one-app-per-folder', message, 'give each app a folder of its own')]
  })
